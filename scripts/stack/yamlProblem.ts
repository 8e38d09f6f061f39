import { isMap, isScalar, LineCounter, parseDocument, visit, type YAMLParseError } from "yaml";

/** What is wrong with a YAML text, and where, without what stands there: it may be a secret. */
export function yamlProblem(text: string, error: YAMLParseError): string {
  const twice = error.code === "DUPLICATE_KEY" ? duplicate(text, error.pos[0]) : undefined;
  // The lines after the first one show the text around.
  return twice ?? (error.message.split("\n")[0] ?? "").replace(/:$/, "");
}

/** Names a key that stands twice in its map, and where. */
function duplicate(text: string, offset: number): string | undefined {
  const lines = new LineCounter();
  let said: string | undefined;
  visit(parseDocument(text, { uniqueKeys: false, lineCounter: lines }), (_, map) => {
    if (!isMap(map)) return;
    const keys = map.items.flatMap(({ key }) =>
      isScalar(key) && key.range ? [{ name: key.value, at: key.range[0] }] : [],
    );
    const second = keys.find(({ at }) => at === offset);
    const first = keys.find(({ name }) => name === second?.name);
    if (!second || !first) return;
    const [here, there] = [lines.linePos(second.at), lines.linePos(first.at)];
    said = `the key ${String(second.name)} stands twice, at line ${there.line} and at line ${here.line}, column ${here.col}: keep one`;
    return visit.BREAK;
  });
  return said;
}
