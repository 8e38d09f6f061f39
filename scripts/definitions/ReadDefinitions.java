import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * Prints Kafka's definition of its broker properties as JSON, one property a line, sorted by name; with the argument
 * `topics` that of a topic's configs. What is private in one version or another is read by reflection.
 */
class ReadDefinitions {
  /** Integers up to here are tried on a check in code; one that takes the last has no upper end. */
  private static final int PROBED = 100;

  public static void main(String[] arguments) throws Exception {
    Map<String, Map<String, String>> definitions =
        List.of(arguments).contains("topics") ? topicConfigs() : brokerProperties();
    List<String> lines = new ArrayList<>();
    definitions.forEach((name, fields) -> lines.add("  " + json(name) + ": " + object(fields)));
    System.out.println("{\n" + String.join(",\n", lines) + "\n}");
  }

  private static Map<String, Map<String, String>> brokerProperties() throws Exception {
    Object kafkaConfig = module("kafka.server.KafkaConfig$");
    Object dynamicConfig = module("kafka.server.DynamicBrokerConfig$");
    // Its full name is kafka$server$KafkaConfig$$configDef where Scala made a private member reachable.
    ConfigDef definition = (ConfigDef) call(kafkaConfig, "configDef");
    Map<?, ?> modes = (Map<?, ?>) call(dynamicConfig, "dynamicConfigUpdateModes");
    Map<String, Map<String, String>> definitions = values(definition);
    definitions.forEach((name, fields) -> {
      Object mode = modes.get(name);
      fields.put("update", json(mode == null ? "read-only" : mode.toString()));
    });
    return definitions;
  }

  /** Each with the broker property that a topic without the config takes its value from. */
  private static Map<String, Map<String, String>> topicConfigs() throws Exception {
    ConfigDef definition = logConfig();
    Method brokers = definition.getClass().getMethod("serverConfigName", String.class);
    Map<String, Map<String, String>> definitions = values(definition);
    for (Map.Entry<String, Map<String, String>> entry : definitions.entrySet()) {
      // Scala's Some(…) or Java's Optional[…].
      Matcher found = Pattern.compile("[(\\[](.+)[)\\]]").matcher(brokers.invoke(definition, entry.getKey()).toString());
      if (found.find()) entry.getValue().put("broker", json(found.group(1)));
    }
    return definitions;
  }

  private static ConfigDef logConfig() throws Exception {
    try {
      Field config = Class.forName("org.apache.kafka.storage.internals.log.LogConfig").getDeclaredField("CONFIG");
      config.setAccessible(true);
      return (ConfigDef) config.get(null);
    } catch (ClassNotFoundException e) {
      // Before Kafka 3.5.
      return (ConfigDef) call(module("kafka.log.LogConfig$"), "configDef");
    }
  }

  private static Map<String, Map<String, String>> values(ConfigDef definition) throws Exception {
    Map<String, Map<String, String>> definitions = new TreeMap<>();
    for (ConfigDef.ConfigKey key : definition.configKeys().values()) {
      Map<String, String> fields = new TreeMap<>();
      fields.put("type", json(key.type.name().toLowerCase(Locale.ROOT)));
      if (key.hasDefault()) fields.put("default", json(ConfigDef.convertToString(key.defaultValue, key.type)));
      addValidator(fields, key.validator);
      definitions.put(key.name, fields);
    }
    return definitions;
  }

  /** Scala's `object` of that class. */
  private static Object module(String name) throws Exception {
    return Class.forName(name).getField("MODULE$").get(null);
  }

  private static void addValidator(Map<String, String> fields, ConfigDef.Validator validator) throws Exception {
    if (validator == null) return;
    switch (validator.getClass().getSimpleName()) {
      case "Range" -> {
        // As text: a long does not fit a JSON number.
        for (String bound : List.of("min", "max")) {
          Object value = field(validator, bound);
          if (value != null) fields.put(bound, json(value.toString()));
        }
      }
      case "ValidList" -> fields.put("allowed", array((Collection<?>) field(field(validator, "validString"), "validStrings")));
      case "ValidString" -> fields.put("allowed", array((Collection<?>) field(validator, "validStrings")));
      case "CaseInsensitiveValidString" -> {
        fields.put("allowed", array(((Collection<?>) field(validator, "validStrings")).stream().sorted().toList()));
        fields.put("ignoreCase", "true");
      }
      default -> addOpaque(fields, validator);
    }
  }

  /** A check in code, which can only be tried. What it leaves open is Kafka's to refuse at start. */
  private static void addOpaque(Map<String, String> fields, ConfigDef.Validator validator) {
    String text = validator.toString();
    if (text.equals("non-empty string")) fields.put("nonEmpty", "true");
    // Versions of the message format or the protocol: any release whose line is listed.
    if (text.startsWith("[0.8.0, ")) {
      String[] versions = text.substring(1, text.length() - 1).split(", ");
      fields.put("versions", array(Stream.of(versions).map(version -> version.replaceFirst("-IV\\d+$", "")).distinct().toList()));
    }
    if (fields.get("type").equals("\"int\"")) {
      List<Integer> accepted = IntStream.rangeClosed(-1, PROBED).filter(value -> accepts(validator, value)).boxed().toList();
      if (!accepted.contains(PROBED)) fields.put("allowed", array(accepted));
    }
  }

  private static boolean accepts(ConfigDef.Validator validator, int value) {
    try {
      validator.ensureValid("tried", value);
      return true;
    } catch (ConfigException e) {
      return false;
    }
  }

  private static Object call(Object target, String name) throws Exception {
    for (Method method : target.getClass().getDeclaredMethods()) {
      if (method.getParameterCount() == 0 && (method.getName().equals(name) || method.getName().endsWith("$$" + name))) {
        method.setAccessible(true);
        return method.invoke(target);
      }
    }
    throw new NoSuchMethodException(target.getClass().getName() + "." + name);
  }

  private static Object field(Object target, String name) throws Exception {
    Field field = target.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(target);
  }

  private static String object(Map<String, String> fields) {
    return "{ " + String.join(", ", fields.entrySet().stream().map(f -> json(f.getKey()) + ": " + f.getValue()).toList()) + " }";
  }

  private static String array(Collection<?> values) {
    return "[" + String.join(", ", values.stream().map(value -> json(value.toString())).toList()) + "]";
  }

  private static String json(String text) {
    if (text == null) return "null";
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') quoted.append('\\').append(c);
      else if (c < ' ') quoted.append(String.format("\\u%04x", (int) c));
      else quoted.append(c);
    }
    return quoted.append('"').toString();
  }
}
