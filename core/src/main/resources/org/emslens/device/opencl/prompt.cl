// Causal attention over a prompt, with the statistics that policies score by; N x N is never stored.
//
// Keys lie by number [G][HEAD][N], so that neighbouring work-items read neighbouring keys; values and
// queries by token, [G][N][HEAD] and [H][kept][HEAD]: those of the tokens from first_kept on. All
// layers lie one after the other; the last queries' rows are [rows][G of all layers][N].
// Defines: HEAD, numbers of a key; KEYS, keys of a tile = work-items of a group; QUERIES of a tile;
// COLUMNS = ceil(HEAD / KEYS); PIXELS of a small picture's side.

// Puts queries, keys and values of n tokens where the prompt keeps them.
// A work-item for each number (dimension 0) of each token (1).
kernel SIZE(KEYS, 1) void place(
    global const float *qkv,
    global float *queries,
    global float *keys,
    global float *values,
    const int heads,
    const int kv_heads,
    const int tokens,
    const int kept,
    const int first_kept,
    const int layer,
    const int first) {
  const int i = get_global_id(0);
  const int width = (heads + 2 * kv_heads) * HEAD;
  if (i >= width) {
    return;
  }
  const float x = qkv[(long)get_global_id(1) * width + i];
  const int token = first + get_global_id(1);
  const int h = i / HEAD;
  const int d = i - h * HEAD;
  if (h < heads) {
    queries[((long)(layer * heads + h) * kept + token - first_kept) * HEAD + d] = x;
  } else if (h < heads + kv_heads) {
    keys[((long)(layer * kv_heads + h - heads) * HEAD + d) * tokens + token] = x;
  } else {
    const int g = h - heads - kv_heads;
    values[((long)(layer * kv_heads + g) * tokens + token) * HEAD + d] = x;
  }
}

// Reads a tile of queries; those after the last are zeros.
void load_queries(
    global const float *queries, const int first, const int count, local float *tile) {
  for (int i = get_local_id(0); i < QUERIES * HEAD; i += KEYS) {
    tile[i] = i / HEAD < count ? queries[(long)first * HEAD + i] : 0;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
}

// Products of a tile of queries with one key; keys of a head, `tokens` apart.
void products(local const float *tile, global const float *key, const int tokens, float *out) {
  for (int q = 0; q < QUERIES; q++) {
    out[q] = 0;
  }
  for (int i = 0; i < HEAD; i++) {
    const float k = key[(long)i * tokens];
    for (int q = 0; q < QUERIES; q++) {
      out[q] += tile[q * HEAD + i] * k;
    }
  }
}

// Outputs and logarithms of the softmax's normalisers, by a running softmax over tiles of keys.
// A group for each tile of queries (dimension 0) of each head (1). Limited by arithmetic.
// tile: QUERIES * HEAD; scores: QUERIES * KEYS; state: 3 * QUERIES floats.
kernel SIZE(KEYS, 1) void attend(
    global const float *queries,
    global const float *keys,
    global const float *values,
    global float *normalisers,
    global float *y,
    const int heads,
    const int group,
    const int tokens,
    const int kept,
    const int first_kept,
    const int layer,
    const int first,
    const int n,
    const int y_first,
    const float scale,
    const float cap,
    const int window,
    local float *tile,
    local float *scores,
    local float *state) {
  const int me = get_local_id(0);
  const int h = get_group_id(1);
  const int q0 = first + get_group_id(0) * QUERIES;
  const int count = min(QUERIES, first + n - q0);
  const long kv = (long)(layer * (heads / group) + h / group) * tokens * HEAD;
  const long row = (long)(layer * heads + h) * tokens;
  global const float *head_keys = keys + kv;
  global const float *head_values = values + kv;
  local float *most = state;
  local float *sum = state + QUERIES;
  local float *shrink = state + 2 * QUERIES;
  const long of_head = (long)(layer * heads + h) * kept * HEAD;
  load_queries(queries + of_head, q0 - first_kept, count, tile);
  float out[QUERIES][COLUMNS];
  for (int q = 0; q < QUERIES; q++) {
    for (int c = 0; c < COLUMNS; c++) {
      out[q][c] = 0;
    }
  }
  for (int q = me; q < QUERIES; q += KEYS) {
    most[q] = -INFINITY;
    sum[q] = 0;
  }
  const int last = q0 + count - 1;
  const int reached = window == 0 ? 0 : max(0, q0 - window + 1) / KEYS * KEYS;
  for (int k0 = reached; k0 <= last; k0 += KEYS) {
    const int key = k0 + me;
    float p[QUERIES];
    if (key <= last) {
      products(tile, head_keys + key, tokens, p);
    }
    for (int q = 0; q < QUERIES; q++) {
      const bool seen = q < count && reaches(q0 + q, key, window);
      scores[q * KEYS + me] = seen ? score_of(p[q], scale, cap) : -INFINITY;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int q = me; q < QUERIES; q += KEYS) {
      float here = most[q];
      for (int j = 0; j < KEYS; j++) {
        here = fmax(here, scores[q * KEYS + j]);
      }
      shrink[q] = most[q] == here ? 1 : exp(most[q] - here);
      most[q] = here;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int q = 0; q < QUERIES; q++) {
      const float s = scores[q * KEYS + me];
      scores[q * KEYS + me] = s == -INFINITY ? 0 : exp(s - most[q]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int q = me; q < QUERIES; q += KEYS) {
      float all = 0;
      for (int j = 0; j < KEYS; j++) {
        all += scores[q * KEYS + j];
      }
      sum[q] = sum[q] * shrink[q] + all;
    }
    for (int c = 0; c < COLUMNS; c++) {
      const int i = c * KEYS + me;
      if (i < HEAD) {
        for (int q = 0; q < QUERIES; q++) {
          out[q][c] *= shrink[q];
        }
        const int keys_here = min(KEYS, last - k0 + 1);
        for (int j = 0; j < keys_here; j++) {
          const float v = head_values[(long)(k0 + j) * HEAD + i];
          for (int q = 0; q < QUERIES; q++) {
            out[q][c] += scores[q * KEYS + j] * v;
          }
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  for (int q = 0; q < count; q++) {
    for (int c = 0; c < COLUMNS; c++) {
      const int i = c * KEYS + me;
      if (i < HEAD) {
        y[((long)(y_first + q0 - first + q) * heads + h) * HEAD + i] = out[q][c] / sum[q];
      }
    }
  }
  for (int q = me; q < count; q += KEYS) {
    normalisers[row + q0 + q] = most[q] + log(sum[q]);
  }
}

// What n queries made of each key: attention received, the last queries' rows, the small pictures.
// A group for each tile of keys (dimension 0) of each KV head (1). Limited by arithmetic.
// Positive floats compare as their bits do, so pictures are pooled as integers.
kernel SIZE(KEYS, 1) void gather(
    global const float *queries,
    global const float *keys,
    global const float *normalisers,
    global float *received,
    global float *last_rows,
    global int *pictures,
    const int kv_heads,
    const int group,
    const int tokens,
    const int layer,
    const int first,
    const int n,
    const int rows,
    const long row_stride,
    const float scale,
    const float cap,
    const int window,
    local float *tile) {
  const int me = get_local_id(0);
  const int g = layer * kv_heads + get_group_id(1);
  const int k0 = get_group_id(0) * KEYS;
  const int key = k0 + me;
  const bool mine = key < first + n;
  global const float *my_key = keys + (long)g * HEAD * tokens + min(key, tokens - 1);
  const int column = (long)key * PIXELS / tokens;
  float sum = 0;
  for (int h = g * group; h < (g + 1) * group; h++) { // Heads of all layers count on.
    float most = 0;
    int line = -1;
    for (int q0 = first; q0 < first + n; q0 += QUERIES) {
      const int count = min(QUERIES, first + n - q0);
      if (q0 + count - 1 < k0 || (window != 0 && q0 - (k0 + KEYS - 1) >= window)) {
        continue;
      }
      load_queries(queries + (long)h * tokens * HEAD, q0, count, tile);
      float p[QUERIES];
      if (mine) {
        products(tile, my_key, tokens, p);
        for (int q = 0; q < count; q++) {
          const int query = q0 + q;
          if (!reaches(query, key, window)) {
            continue;
          }
          const float a =
              exp(score_of(p[q], scale, cap) - normalisers[(long)h * tokens + query]);
          sum += a / group;
          const int row = query - (tokens - rows);
          if (row >= 0) {
            last_rows[row * row_stride + (long)g * tokens + key] += a / group;
          }
          const int now = (long)query * PIXELS / tokens;
          if (now != line && line >= 0) {
            atomic_max(pictures + (h * PIXELS + line) * PIXELS + column, as_int(most));
            most = 0;
          }
          line = now;
          most = fmax(most, a);
        }
      }
      barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (line >= 0) {
      atomic_max(pictures + (h * PIXELS + line) * PIXELS + column, as_int(most));
    }
  }
  if (mine) {
    received[(long)g * tokens + key] += sum;
  }
}

// Divides the weights of n queries of a head [2][kept] by what each pays to its sinks, to the keys
// `from` to `to` - 1 and to those of tokens from first_kept on. A group for each tile of queries
// (dimension 0). Limited by arithmetic. tile: QUERIES * HEAD; sums: QUERIES * KEYS floats.
kernel SIZE(KEYS, 1) void divide_by_counted(
    global const float *queries,
    global const float *keys,
    global const float *normalisers,
    global float *weights,
    const int head,
    const int kv_head,
    const int tokens,
    const int kept,
    const int first_kept,
    const int first,
    const int n,
    const int sinks,
    const int from,
    const int to,
    const float scale,
    const float cap,
    const int window,
    local float *tile,
    local float *sums) {
  const int item = get_local_id(0);
  const int q0 = first + get_group_id(0) * QUERIES;
  const int count = min(QUERIES, first + n - q0);
  load_queries(queries + (long)head * kept * HEAD, q0 - first_kept, count, tile);
  float sum[QUERIES];
  for (int q = 0; q < QUERIES; q++) {
    sum[q] = 0;
  }
  for (int key = item; key < q0 + count; key += KEYS) {
    if (key < sinks || (key >= from && key < to) || key >= first_kept) {
      float p[QUERIES];
      products(tile, keys + (long)kv_head * HEAD * tokens + key, tokens, p);
      for (int q = 0; q < count; q++) {
        if (reaches(q0 + q, key, window)) {
          sum[q] +=
              exp(score_of(p[q], scale, cap) - normalisers[(long)head * tokens + q0 + q]);
        }
      }
    }
  }
  for (int q = 0; q < QUERIES; q++) {
    sums[q * KEYS + item] = sum[q];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int q = item; q < count; q += KEYS) {
    float all = 0;
    for (int i = 0; i < KEYS; i++) {
      all += sums[q * KEYS + i];
    }
    weights[q0 + q - first_kept] /= all;
    weights[kept + q0 + q - first_kept] /= all;
  }
}

// Raises `out` [2][columns] to the most that n queries of a head pay to each of the keys `from` to
// `to` - 1, weighted in two ways [2][kept]. A group for each tile of keys (dimension 0). Limited by
// arithmetic.
kernel SIZE(KEYS, 1) void most_paid(
    global const float *queries,
    global const float *keys,
    global const float *normalisers,
    global const float *weights,
    global float *out,
    const int head,
    const int kv_head,
    const int tokens,
    const int kept,
    const int first_kept,
    const int first,
    const int n,
    const int from,
    const int to,
    const int columns,
    const float scale,
    const float cap,
    const int window,
    local float *tile) {
  const int k0 = from + get_group_id(0) * KEYS;
  const int key = k0 + get_local_id(0);
  const bool mine = key < to;
  global const float *my_key = keys + (long)kv_head * HEAD * tokens + min(key, to - 1);
  float once = 0;
  float twice = 0;
  for (int q0 = first; q0 < first + n; q0 += QUERIES) {
    const int count = min(QUERIES, first + n - q0);
    if (window != 0 && q0 - (k0 + KEYS - 1) >= window) {
      continue;
    }
    load_queries(queries + (long)head * kept * HEAD, q0 - first_kept, count, tile);
    float p[QUERIES];
    if (mine) {
      products(tile, my_key, tokens, p);
      for (int q = 0; q < count; q++) {
        const int query = q0 + q;
        if (reaches(query, key, window)) {
          const float a =
              exp(score_of(p[q], scale, cap) - normalisers[(long)head * tokens + query]);
          once = fmax(once, a * weights[query - first_kept]);
          twice = fmax(twice, a * weights[kept + query - first_kept]);
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  if (mine) {
    out[key] = fmax(out[key], once);
    out[columns + key] = fmax(out[columns + key], twice);
  }
}

// Probability of a key in the row of a query whose normaliser is known.
float probability(
    global const float *query,
    global const float *key,
    const int tokens,
    const float scale,
    const float cap,
    const float normaliser) {
  float product = 0;
  for (int i = 0; i < HEAD; i++) {
    product += query[i] * key[(long)i * tokens];
  }
  return exp(score_of(product, scale, cap) - normaliser);
}

// Rows of attention of some queries, averaged over the group: those that were not kept.
// A work-item for each key (dimension 0) of each row (1) of each of a layer's KV heads (2).
kernel SIZE(KEYS, 1) void older_rows(
    global const float *queries,
    global const float *keys,
    global const float *normalisers,
    global float *out,
    const int kv_heads,
    const int group,
    const int tokens,
    const int layer,
    const int first,
    const float scale,
    const float cap,
    const int window,
    const long row_stride) {
  const int key = get_global_id(0);
  if (key >= tokens) {
    return;
  }
  const int g = layer * kv_heads + get_global_id(2);
  const int query = first + get_global_id(1);
  float sum = 0;
  if (reaches(query, key, window)) {
    for (int h = g * group; h < (g + 1) * group; h++) {
      const long at = (long)h * tokens + query;
      sum += probability(
                 queries + at * HEAD,
                 keys + (long)g * HEAD * tokens + key,
                 tokens,
                 scale,
                 cap,
                 normalisers[at])
          / group;
    }
  }
  out[get_global_id(1) * row_stride + (long)g * tokens + key] = sum;
}

// A part of one head's map, max-pooled. A group for each pixel: column (dimension 0), row from
// first_line on (1).
// The head's rows begin at row_from, were its first query kept it would be at query_from, its keys
// begin at key_from. scratch: a float per work-item.
kernel SIZE(KEYS, 1) void map(
    global const float *queries,
    global const float *keys,
    global const float *normalisers,
    global const int *row_bounds,
    global const int *column_bounds,
    global float *out,
    const int first_line,
    const long row_from,
    const long query_from,
    const long key_from,
    const int tokens,
    const float scale,
    const float cap,
    const int window,
    local float *scratch) {
  const int me = get_local_id(0);
  const int c = get_group_id(0);
  const int r = first_line + get_group_id(1);
  float most = 0;
  for (int query = row_bounds[r]; query < row_bounds[r + 1]; query++) {
    for (int key = column_bounds[c] + me; key < column_bounds[c + 1]; key += get_local_size(0)) {
      if (reaches(query, key, window)) {
        most = fmax(
            most,
            probability(
                queries + (query_from + query) * HEAD,
                keys + key_from + key,
                tokens,
                scale,
                cap,
                normalisers[row_from + query]));
      }
    }
  }
  const float all = group_max(scratch, most);
  if (me == 0) {
    out[r * get_num_groups(0) + c] = all;
  }
}
