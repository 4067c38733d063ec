package org.emslens.app.main;

/** What the words on each card mean, the formula, and where it comes from. */
enum Help {
  PROMPT(
      "The text that the model reads. As a chat turn it is put into the model's own template, after a system turn where one is written; Say sends the next turn into the same cache. With 'ask after', the text is compressed without the question, which is asked then. Temperature 0 takes the most probable token; above it, tokens are drawn by softmax(logits / temperature) among the most probable ones that hold top-p together, top-k at most, the same for the same seed."),
  CONTEXT(
      "Every token that the model has seen, in the state it has in the chosen head: kept (a slot of its own), merged (a member of another token's slot), evicted (gone), or out of reach of a layer that sees a window only. A frame marks the window, the newest tokens at the latest compression, kept word for word; a small triangle stands where the cache was compressed, after the prompt and again whenever a head has grown by its slack. A click pins a token: its state in all heads and over all steps appears below."),
  NEXT(
      "The ten most probable next tokens with the compressed cache, beside the full cache's. KL = sum over all tokens of p_full · log(p_full / p), in nats: 0 where compression changes nothing. A click goes on with that token instead, under other settings too; the steps that it replaces stay as a branch."),
  HEADS(
      "One tile for each query head: layers across, heads down, those of one KV head together. attention: the head's map in small, max-pooled. sparsity = 1 - needed / candidates, needed = how many tokens hold the share 'mass' of all attention. redundancy = mean best similarity of the pool to a centre. output error = |full - o| / |full| of the head's output. prompt found again = mean over the prompt's tokens of KVzip's score (arXiv 2505.23416), the most attention that a token gets while the model repeats the prompt: near 1 for retrieval heads, near 0 for streaming ones, as DuoAttention (arXiv 2410.10819) calls them; unknown in layers whose window is shorter than the prompt (the others: EMS, arXiv 2412.08521, as this project reads it)."),
  HEAD(
      "Attention probabilities of one head, softmax(q · k / sqrt(d)): queries down, keys across, the largest within each pixel. Below the dashed line queries are generated tokens; keys that the compressed cache no longer holds are hatched. With the repeat button, queries are the prompt's tokens as the model reads them a second time, told to repeat the prompt: what a head finds again is bright on the diagonal, and the largest value of a column, over the heads that share a KV head, is the token's score in KVzip (arXiv 2505.23416; which counts the instruction's few queries, too). Wheel or + and - zoom, dragging or arrows move, a double click or 0 shows all."),
  TOKENS(
      "Every source token of the chosen KV head: a full blue bar is kept in a slot of its own, a hatched orange one is merged into another's slot, a grey stub is evicted. Arcs tie the members of the slot under the mouse to its centre."),
  BUDGET(
      "A slot is one key and value in the cache of one KV head; it stands for one or more source tokens and may carry a bias, added to its attention logit: log(sum of its members' attention / its centre's). The budget is the number of slots that each KV head may keep, the window included (EMS, arXiv 2412.08521; what its abstract leaves open is this project's reading)."),
  BARS(
      "Above: what became of the tokens in each KV head of the chosen layer. Below: sparsity of every KV head of the model, 1 - needed / candidates; a sparse head needs few tokens for most of its attention. A click picks the head."),
  SCORES(
      "What decided: Global = attention received per query that could see the token; Local = the same over the window's queries, max-pooled over 'kernel' tokens; joined = max(Global / its cut, Local / its cut), the cuts sharing the centres' places by alpha. Global and Local are drawn over their cuts, on one scale with joined: what reaches the line by either became a centre (Global-Local score: EMS, arXiv 2412.08521; quota and pooling are this project's).");

  private final String text;

  Help(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
