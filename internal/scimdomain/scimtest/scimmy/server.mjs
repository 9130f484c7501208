// A SCIM 2.0 server made with SCIMMY that keeps everything in memory. It prints
// where it listens and ends when its standard input does.
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const store = (unique) => {
    const all = new Map();
    let made = 0;
    return {
        ingress: async (resource, data) => {
            const id = resource.id ?? `s${String(++made).padStart(6, "0")}`;
            if (resource.id && !all.has(id)) throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
            for (const [other, o] of all)
                if (other !== id && o[unique].toLowerCase() === data[unique].toLowerCase())
                    throw new SCIMMY.Types.Error(409, "uniqueness", `${unique} is taken`);
            const now = new Date().toISOString();
            const meta = {created: all.get(id)?.meta?.created ?? now, lastModified: now};
            all.set(id, {...JSON.parse(JSON.stringify(data)), id, meta});
            return all.get(id);
        },
        egress: async (resource) => {
            if (!resource.id) return resource.filter ? resource.filter.match([...all.values()]) : [...all.values()];
            if (!all.has(resource.id)) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
            return all.get(resource.id);
        },
        degress: async (resource) => {
            if (!all.delete(resource.id)) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
        },
    };
};

SCIMMY.Config.set({patch: true, filter: {supported: true, maxResults: 1000}, bulk: {supported: true, maxOperations: 30, maxPayloadSize: 1048576}, sort: true});
SCIMMY.Resources.declare(SCIMMY.Resources.User, store("userName"));
SCIMMY.Resources.declare(SCIMMY.Resources.Group, store("displayName"));

const app = express();
app.use("/scim/v2", new SCIMMYRouters({type: "bearer", handler: () => "somebody"}));
const server = app.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
