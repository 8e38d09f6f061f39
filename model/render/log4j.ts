import { renderProperties } from "./properties.ts";

/**
 * Renders a log4j 1.2 configuration: everything from INFO into one rolling file of at most 10 × 50 MB, errors into the
 * journal as well.
 *
 * @param file absolute path of the log file
 * @param levels loggers that keep to another level
 */
export function renderLog4j(file: string, levels: readonly (readonly [logger: string, level: string])[]): string {
  const layout = (appender: string): [string, string][] => [
    [`log4j.appender.${appender}.layout`, "org.apache.log4j.PatternLayout"],
    [`log4j.appender.${appender}.layout.ConversionPattern`, "[%d] %p %m (%c)%n"],
  ];
  return renderProperties([
    ["log4j.rootLogger", "INFO, file, journal"],
    ["log4j.appender.file", "org.apache.log4j.RollingFileAppender"],
    ["log4j.appender.file.File", file],
    ["log4j.appender.file.MaxFileSize", "50MB"],
    ["log4j.appender.file.MaxBackupIndex", "9"],
    ...layout("file"),
    ["log4j.appender.journal", "org.apache.log4j.ConsoleAppender"],
    ["log4j.appender.journal.Threshold", "ERROR"],
    ...layout("journal"),
    ...levels.map(([logger, level]): [string, string] => [`log4j.logger.${logger}`, level]),
  ]);
}
