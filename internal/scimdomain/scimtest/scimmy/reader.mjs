// Reads, as SCIMMY does, what a server says of itself and what it serves: from
// standard input {"schemas": [...], "resources": [...]}, and writes the list of
// what is refused.
import SCIMMY from "scimmy";

const {Attribute} = SCIMMY.Types;
const common = ["schemas", "id", "externalid", "meta"];
const refused = [];

const attempt = (what, f) => {
    try {
        return f();
    } catch (e) {
        refused.push(`${what}: ${e.message}`);
    }
};

const attribute = (a) => new Attribute(a.type, a.name, {
    // what is never returned cannot be missed
    required: a.required && a.returned !== "never", multiValued: a.multiValued, description: a.description,
    caseExact: a.caseExact ?? false, canonicalValues: a.canonicalValues ?? false, mutable: a.mutability, returned: a.returned,
    referenceTypes: a.referenceTypes ?? false, uniqueness: a.uniqueness ?? "none"
}, (a.subAttributes ?? []).map(attribute));

let text = "";
for await (const part of process.stdin) text += part;
const {schemas, resources} = JSON.parse(text);

const defined = new Map();
for (const s of schemas) {
    defined.set(s.id, new Map(s.attributes.map((a) => [a.name.toLowerCase(), attempt(`${s.id}:${a.name}`, () => attribute(a))])));
}

const hold = (what, urn, o, skipped) => {
    const attributes = defined.get(urn);
    if (!attributes) return refused.push(`${what}: no schema ${urn}`);
    for (const name of Object.keys(o)) {
        if (!skipped(name) && !attributes.has(name.toLowerCase())) refused.push(`${what}: ${urn} has no attribute ${name}`);
    }
    const values = Object.fromEntries(Object.entries(o).map(([name, v]) => [name.toLowerCase(), v]));
    for (const [name, a] of attributes) attempt(`${what}, ${urn}:${name}`, () => a?.coerce(values[name], "out"));
};

for (const r of resources) {
    const what = `${r.schemas[0]} ${r.id}`;
    const [core, ...extensions] = r.schemas;
    hold(what, core, r, (name) => common.includes(name.toLowerCase()) || extensions.includes(name));
    for (const urn of extensions) hold(what, urn, r[urn] ?? {}, () => false);
}
process.stdout.write(JSON.stringify(refused));
