import { chatRequest } from "../messages.mjs";
import { backend, modelProfile, serveNexus } from "../peers/nexus.mjs";
import { ask, startPeer, stopPeers } from "../peers.mjs";
import { COLUMNS, loadInTurn, nothingWrong, rowsOf } from "../static-load.mjs";
import { ratio } from "../verdict.mjs";

const OFF = { circuit_breaker_enabled: false };

/** Load balancers of the same server, with the chain that each has to tell. */
const CASES = [
  { name: "no-failure", members: ["sound", "other"], settings: {}, chain: /^sound: success$/ },
  { name: "no-failure-breaker-off", members: ["sound", "other"], settings: OFF, chain: /^sound: success$/ },
  {
    name: "503",
    members: ["failing", "sound"],
    settings: OFF,
    chain: /^failing: failed \(503.* -> sound: success$/,
  },
  {
    name: "refused",
    members: ["refusing", "sound"],
    settings: OFF,
    chain: /^refusing: failed \(.* -> sound: success$/,
  },
  {
    name: "breaker-open",
    members: ["broken", "sound"],
    settings: {},
    chain: /^broken: .*skipped.* -> sound: success$/,
  },
];

/** What a failover costs beside a request that needs none. */
export const failover = {
  name: "failover",
  title: "Failover: the first of two backends fails, 2 KB prompt, 16 connections",
  async run(stage) {
    const { answer } = stage.upstreams;
    const server = await startPeer(stage, serve, answer, chatRequest({ model: "no-failure" }));
    const cases = CASES.map((one) => ({ ...one, ...server, name: `nexus ${one.name}`, body: bodyOf(one) }));
    const figures = await loadInTurn(stage, cases, { connections: 16, answerBytes: answer.bytes });
    for (const one of cases) await showsItsChain(one);
    await stopPeers([server]);
    const times = (one, other) => ratio(figures, `nexus ${one}`, `nexus ${other}`, "cpuUs");
    return {
      columns: COLUMNS,
      rows: rowsOf(figures),
      checks: [
        {
          what: "503, breaker off: CPU, × no failure",
          value: times("503", "no-failure-breaker-off"),
          floor: 2,
        },
        {
          what: "refused, breaker off: CPU, × no failure",
          value: times("refused", "no-failure-breaker-off"),
          floor: 3.2,
        },
        { what: "breaker open: CPU, × no failure", value: times("breaker-open", "no-failure"), floor: 1.05 },
        nothingWrong(figures),
      ],
    };
  },
};

/** Health checks would keep away what is known to fail, so they are off. */
function serve(stage) {
  const { answer, failing, refused } = stage.upstreams;
  const upstreams = { sound: answer, other: answer, failing, broken: failing, refusing: refused };
  const names = Object.keys(upstreams);
  const balancers = CASES.map(({ name, members, settings }) => {
    const balancer = { version: 1, type: "loadbalancer", policy: "failover", profiles: members, settings };
    return [name, balancer];
  });
  return serveNexus(stage, {
    health: false,
    backends: Object.fromEntries(names.map((name) => [name, backend(upstreams[name])])),
    profiles: Object.fromEntries([...names.map((name) => [name, modelProfile(name)]), ...balancers]),
  });
}

function bodyOf({ name }) {
  return chatRequest({ model: name });
}

/** What is not the failover it is called would be a number about something else. */
async function showsItsChain({ name, chain, ...peer }) {
  const { headers } = await ask(peer, peer.body);
  const told = decodeURIComponent(headers["x-nexus-chain"] ?? "");
  if (!chain.test(told)) throw new Error(`${name} is not what it should be: ${told}`);
}
