import { runScript } from "../scripts/lib/report.ts";
import { CommandProvider } from "./commandProvider.ts";
import { logLine, serve } from "./serve.ts";

runScript(() => serve(new CommandProvider(logLine)));
