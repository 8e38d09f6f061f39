import { runScript } from "../scripts/lib/report.ts";
import { RandomProvider } from "./randomProvider.ts";
import { serve } from "./serve.ts";

runScript(() => serve(new RandomProvider()));
