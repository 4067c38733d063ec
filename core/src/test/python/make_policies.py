#!/usr/bin/env python3
"""What the policies and switches that drift.json leaves out do to the default model's predictions, in PyTorch.

  python3 make_policies.py PATH.gguf DRIFT.json OUT.json      (needs: torch transformers gguf, and policy_lab.py of the reference on PYTHONPATH)

The first two prompts of DRIFT.json. Each policy is given all that the model saw (per layer keys, values, attention received, and of the last queries) and says
which slots of which KV head stay, with which keys, values and biases. Most rows at 48 slots of the first prompt and 128 of the second.
"""
import json, math, sys
import torch, torch.nn.functional as F
import policy_lab as lab

W = 16
unit = lambda x: F.normalize(x, dim=-1)
cosines = lambda a, b: unit(a) @ unit(b).T
top = lambda x, n: x.topk(n).indices


def prefill(m, ids):
    mean = lambda a: a.view(m.G, m.r, -1).mean(1); st = []
    def seen(l, a, k, v):
        o = m.w[f"model.layers.{l}.self_attn.o_proj.weight"].view(-1, m.H, m.D)
        size = torch.stack([torch.stack([(v[h // m.r] @ o[:, h].T).abs().sum(-1) for h in range(g * m.r, g * m.r + m.r)]).mean(0) for g in range(m.G)])
        st.append(dict(k=k, v=v, total=mean(a.sum(1)), last={w: mean(a[:, -w:].mean(1)) for w in (8, 16, 32)}, newest=a[:, -1].mean(0), size=size))
    return st, m.forward(ids, 0, seen=seen)[-1]


def shared(score, each, floor=.2):
    """How many places each head has: its own best few, then the best of all."""
    sure = int(floor * each); order = score.sort(dim=-1, descending=True).values; rest = order[:, sure:].flatten()
    chosen = top(rest, each * len(score) - sure * len(score)) // (order.shape[1] - sure)
    return [sure + int((chosen == g).sum()) for g in range(len(score))]


def stay(s, N, w, centres): return [torch.cat([i.sort().values, torch.arange(N - w, N)]) for i in centres]
def near(s, N, w=W, kernel=5, how="avg"): return lab.pool(s["last"][w][:, :N - w], kernel, how)


def ada_snapkv(s, N, B):
    x = near(s, N); return lab.keep(s, stay(s, N, W, [top(x[g], n) for g, n in enumerate(shared(x, B - W))]))


def critical_ada(s, N, B):
    x, each = near(s, N), B - W; out = []
    for g, n in enumerate(shared(x, each)):
        first = top(x[g], min(n, max((n + W) // 2 - W, int(.2 * each)))); rest = (x[g] + 1e-4) * s["size"][g, :N - W]; rest[first] = math.inf; out.append(top(rest, n))
    return lab.keep(s, stay(s, N, W, out))


def rkv(s, N, B, w=8):
    x = near(s, N, w, 7, "max") / (s["last"][w][:, :N - w].sum(-1, keepdim=True) + 1e-8); out = []
    for g in range(len(x)):
        sim = cosines(s["k"][g], s["k"][g]).fill_diagonal_(0); alike = sim > .5; latest = N - 1 - alike.flip(1).int().argmax(1); has = alike.any(1)
        sim[torch.arange(N)[has], latest[has]] = 0; out.append(top(.07 * x[g] - .93 * sim.mean(0).softmax(0)[:N - w], B - w))
    return lab.keep(s, stay(s, N, w, out))


def merge_on_evict(s, N, B):
    kept = stay(s, N, W, [top(x, B - W) for x in near(s, N)]); K, V, Z = lab.keep(s, kept)
    for g, i in enumerate(kept):
        gone = torch.ones(N, dtype=torch.bool); gone[i] = False; k, v = s["k"][g, gone], s["v"][g, gone]; cos, t = cosines(k, K[g]).max(-1); own = v.norm(dim=-1)
        w = cos.clamp(min=0) * own / (own + V[g].norm(dim=-1)[t]); V[g] = V[g].index_add(0, t, w[:, None] * v) / (1 + torch.zeros(len(i)).index_add_(0, t, w))[:, None]
    return K, V, Z


def ems(window=W, alpha=.4, align="quota", kernel=13, mass=.98, limit=4, tau=.3, keys="centre", bias="mass", hosts="shared", count=True, similarity="both", adaptive=True, share=False):
    def policy(s, N, B):
        c, each = N - window, B - window; glob, loc = s["total"][:, :c] / (N - torch.arange(c) if count else N), s["last"][window][:, :c]; m, pooled = (glob + loc) / 2, lab.pool(loc, kernel)
        G = len(glob); among = (lambda x: x.reshape(1, -1)) if share else (lambda x: x); C = each * (G if share else 1); a = int(alpha * C + .5)
        cut = lambda x, n: x / among(x).topk(n).values[:, -1:].clamp(min=1e-12); level = lambda x: x / among(x).mean(-1, keepdim=True); private = torch.zeros_like(glob, dtype=torch.bool)
        if align == "mean": S = alpha * level(glob) + (1 - alpha) * level(pooled)
        elif a in (0, C): S = cut(glob if a else pooled, C)
        else: by_global, by_local = cut(glob, a), cut(pooled, C - a); S = torch.maximum(by_global, by_local); private = (by_local >= 1) & (by_global < 1)
        places = shared(S, each) if share else [each] * G; order = torch.sort(S, dim=-1, descending=True, stable=True).indices; K, V, Z = [], [], []
        for g, n in enumerate(places):
            ce = order[g, :n].sort().values; kk, vv, bb = s["k"][g, ce].clone(), s["v"][g, ce].clone(), torch.zeros(n); w0 = m[g, ce].clamp(min=1e-12)
            needed = int((m[g].sort(descending=True).values.cumsum(0) / m[g].sum() < mass).sum()) + 1; P = max(0, min(needed - n if adaptive else N, int(limit * n), c - n))
            if P and n:
                ca = order[g, n:n + P]; sim = torch.ones(len(ca), n)
                for x, what in (("k", "keys"), ("v", "values")):
                    if similarity in ("both", what): sim = sim * cosines(s[x][g, ca], s[x][g, ce]).clamp(min=0)
                sim[:, private[g, ce]] *= hosts == "all"; most, t = sim.max(-1); ok = most > tau; who, t = ca[ok], t[ok]; wt = m[g, who]; den = w0.clone().index_add_(0, t, wt)
                vv = (vv * w0[:, None]).index_add_(0, t, wt[:, None] * s["v"][g, who]) / den[:, None]
                if keys == "direction": kk = unit((unit(kk) * w0[:, None]).index_add_(0, t, wt[:, None] * unit(s["k"][g, who]))) * kk.norm(dim=-1, keepdim=True)
                bb = dict(none=bb, mass=(den / w0).log(), count=torch.ones(n).index_add_(0, t, torch.ones(len(t))).log())[bias]
            K.append(torch.cat([kk, s["k"][g, c:]])); V.append(torch.cat([vv, s["v"][g, c:]])); Z.append(torch.cat([bb, torch.zeros(window)]))
        return K, V, Z
    return policy


ONCE = dict(tova=lambda s, N, B: lab.tova(s, N, B, 0, 0), ada_snapkv=ada_snapkv, merge_on_evict=merge_on_evict, ems_shared=ems(alpha=.25, share=True), ems_keys=ems(similarity="keys"), ems_values=ems(similarity="values"),
    ems_not_adaptive=ems(adaptive=False), ems_no_bias=ems(bias="none"), ems_hosts_all=ems(hosts="all"), ems_direction_count=ems(keys="direction", bias="count"), ems_local_only=ems(alpha=0), ems_global_only=ems(alpha=1),
    ems_no_count=ems(count=False), ems_kernel7=ems(kernel=7), ems_limit=ems(limit=1), ems_tau=ems(tau=.6), ems_mass=ems(mass=.9), ems_window32=ems(window=32), ems_mean=ems(align="mean"))
TWICE = dict(critical_ada=critical_ada, rkv=rkv)

torch.set_num_threads(2); torch.set_grad_enabled(False); m = lab.Model(sys.argv[1]); cases = []
for c, budget in zip(json.load(open(sys.argv[2]))["cases"][:2], (48, 128)):
    ids, nxt = m.encode(c["prompt"]), m.encode(c["continuation"]); st, last = prefill(m, ids); w, rows, N = torch.tensor(nxt), [], len(ids)
    said = lambda caches: torch.cat([last[None], m.forward(nxt[:-1], N, caches)]).log_softmax(-1); full = said([lab.full(s, N, 0, 0, 0) for s in st])
    for name, policy, B in [(n, p, budget) for n, p in ONCE.items()] + [(n, p, b) for n, p in TWICE.items() for b in (48, 128)]:
        lg = said([policy(s, N, B) for s in st]); rows.append(dict(policy=name, budget=B, nll=-float(lg.gather(1, w[:, None]).mean()), kl=float((full.exp() * (full - lg)).sum(-1).mean()), agreement=float((full.argmax(-1) == lg.argmax(-1)).float().mean())))
        print(rows[-1], flush=True)
    cases.append(dict(prompt=c["prompt"], continuation=c["continuation"], promptTokens=N, continuationTokens=len(nxt), fullNll=-float(full.gather(1, w[:, None]).mean()), rows=rows))
json.dump(dict(window=W, cases=cases), open(sys.argv[3], "w"), indent=1)
