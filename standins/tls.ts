import { runScript } from "../scripts/lib/report.ts";
import { serve } from "./serve.ts";
import { TlsProvider } from "./tlsProvider.ts";

runScript(() => serve(new TlsProvider()));
