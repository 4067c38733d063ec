// Attention over ragged slots, and their compression.
//
// Heads are the KV heads of all layers, one after the other. Head a has slots[a] slots in a room of
// capacity[a], the first of which is slot base[a] of all. Keys lie by number within a head,
// [HEAD][capacity], values by slot. rows: attention of the last `window` queries, a ring [window][total].
// Defines: HEAD, numbers of a key; CENTRES, slots that others are compared with at a time;
// HEADS, query heads of a KV head; SEGMENT, slots that a work-group of `blend` takes, by LANES numbers
// and PARTS.

// Puts a token's keys and values behind the last slots; nothing has attended to them yet.
// A work-item for each number (dimension 0) of each KV head (1).
kernel SIZE(KEYS, 1) void append(
    global const float *qkv,
    const long qkv_from,
    global float *keys,
    global float *values,
    global float *bias,
    global float *received,
    global int *position,
    global float *rows,
    global const int *base,
    global const int *capacity,
    global const int *slots,
    const int heads,
    const int kv_heads,
    const int first_head,
    const int at,
    const int window,
    const int total) {
  const int i = get_global_id(0);
  if (i >= HEAD) {
    return;
  }
  const int g = get_global_id(1);
  const int a = first_head + g;
  const int n = slots[a];
  const int slot = base[a] + n;
  const long from = qkv_from + (heads + g) * HEAD + i;
  keys[(long)base[a] * HEAD + (long)i * capacity[a] + n] = qkv[from];
  values[(long)slot * HEAD + i] = qkv[from + kv_heads * HEAD];
  if (i == 0) {
    bias[slot] = 0;
    received[slot] = 0;
    position[slot] = at;
    for (int r = 0; r < window; r++) {
      rows[(long)r * total + slot] = 0;
    }
  }
}

// What is exponentiated, of all slots, the one that was appended included; minus infinity where the
// query does not reach. A work-item for each slot (dimension 0) of each query head (1).
// parts: of each work-group's slots the largest, and the sum of all exponentiated less it
// [query heads][blocks][2]. scratch: a float per work-item. Limited by reading keys.
kernel SIZE(KEYS, 1) void scores(
    global const float *qkv,
    const long qkv_from,
    global const float *keys,
    global const float *bias,
    global const int *position,
    global float *p,
    global float *parts,
    global const int *base,
    global const int *capacity,
    global const int *slots,
    const int group,
    const int first_head,
    const long p_from,
    const int stride,
    const int blocks,
    const int at,
    const float scale,
    const float cap,
    const int reach,
    local float *scratch) {
  const int h = get_global_id(1);
  const int a = first_head + h / group;
  const int j = get_global_id(0);
  float score = -INFINITY;
  if (j <= slots[a]) {
    global const float *query = qkv + qkv_from + h * HEAD;
    global const float *key = keys + (long)base[a] * HEAD + j;
    float product = 0;
    for (int i = 0; i < HEAD; i++) {
      product += query[i] * key[(long)i * capacity[a]];
    }
    const int slot = base[a] + j;
    if (reaches(at, position[slot], reach)) {
      score = score_of(product, scale, cap) + bias[slot];
    }
    p[p_from + (long)h * stride + j] = score;
  }
  const float most = group_max(scratch, score);
  const float sum = group_sum(scratch, score == -INFINITY ? 0 : exp(score - most));
  if (get_local_id(0) == 0) {
    parts[2 * (h * blocks + get_group_id(0))] = most;
    parts[2 * (h * blocks + get_group_id(0)) + 1] = sum;
  }
}

// Two such pairs as one.
float2 together(float2 x, float2 y) {
  if (x.s0 == -INFINITY || y.s0 == -INFINITY) {
    return x.s0 == -INFINITY ? y : x;
  }
  const float most = fmax(x.s0, y.s0);
  return (float2)(most, x.s1 * exp(x.s0 - most) + y.s1 * exp(y.s0 - most));
}

// Scores to probabilities, what the query attended to into the statistics, and values, weighted.
// A group for each KV head (dimension 0) and each SEGMENT of its slots (1): numbers of a head times
// parts of the segment. sums: of each query head's segments [query heads][segments][HEAD].
// scratch: a pair of floats per work-item. Limited by reading values, once for the heads of a group.
kernel SIZE(LANES, PARTS) void blend(
    global float *p,
    global const float *parts,
    global const float *values,
    global float *sums,
    global float *received,
    global float *rows,
    global const int *base,
    global const int *slots,
    const int first_head,
    const long p_from,
    const int stride,
    const int blocks,
    const int row,
    const int total,
    local float2 *scratch) {
  const int lane = get_local_id(0);
  const int part = get_local_id(1);
  const int me = part * LANES + lane;
  const int g = get_group_id(0);
  const int a = first_head + g;
  const int segment = get_group_id(1);
  const int n = slots[a] + 1;
  const int start = segment * SEGMENT;
  const int end = min(n, start + SEGMENT);
  global float *mine = p + p_from + (long)g * HEADS * stride;
  for (int h = 0; h < HEADS; h++) {
    float2 all = (float2)(-INFINITY, 0);
    for (int b = me; b * KEYS < n; b += LANES * PARTS) {
      all = together(all, vload2((g * HEADS + h) * blocks + b, parts));
    }
    scratch[me] = all;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int step = 1; step < LANES * PARTS; step *= 2) {
      if (me % (2 * step) == 0 && me + step < LANES * PARTS) {
        scratch[me] = together(scratch[me], scratch[me + step]);
      }
      barrier(CLK_LOCAL_MEM_FENCE);
    }
    all = scratch[0];
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int j = start + me; j < end; j += LANES * PARTS) {
      mine[(long)h * stride + j] = exp(mine[(long)h * stride + j] - all.s0) / all.s1;
    }
  }
  barrier(CLK_GLOBAL_MEM_FENCE);
  for (int j = start + me; j < end; j += LANES * PARTS) {
    float average = 0;
    for (int h = 0; h < HEADS; h++) {
      average += mine[(long)h * stride + j] / HEADS;
    }
    rows[(long)row * total + base[a] + j] = average;
    received[base[a] + j] += average;
  }
  for (int i0 = 0; i0 < HEAD; i0 += LANES) {
    const int i = i0 + lane;
    float sum[HEADS];
    for (int h = 0; h < HEADS; h++) {
      sum[h] = 0;
    }
    if (i < HEAD) {
      global const float *value = values + (long)base[a] * HEAD + i;
      for (int j = start + part; j < end; j += PARTS) {
        const float v = value[(long)j * HEAD];
        for (int h = 0; h < HEADS; h++) {
          sum[h] += mine[(long)h * stride + j] * v;
        }
      }
    }
    for (int h = 0; h < HEADS; h++) {
      scratch[me].s0 = sum[h];
      barrier(CLK_LOCAL_MEM_FENCE);
      if (part == 0 && i < HEAD) {
        float whole = sum[h];
        for (int k = 1; k < PARTS; k++) {
          whole += scratch[k * LANES + lane].s0;
        }
        sums[((long)(g * HEADS + h) * get_num_groups(1) + segment) * HEAD + i] = whole;
      }
      barrier(CLK_LOCAL_MEM_FENCE);
    }
  }
}

// Sums of segments to a query's answer; then the appended slot counts.
// A work-item for each number (dimension 0) of each query head (1).
kernel SIZE(KEYS, 1) void join(
    global const float *sums,
    global float *y,
    global float *outputs,
    global int *slots,
    const int kv_heads,
    const int first_head,
    const int segments,
    const long y_from,
    const long outputs_from) {
  const int i = get_global_id(0);
  const int h = get_global_id(1);
  if (i >= HEAD) {
    return;
  }
  float sum = 0;
  for (int s = 0; s < segments; s++) {
    sum += sums[((long)h * segments + s) * HEAD + i];
  }
  y[y_from + h * HEAD + i] = sum;
  outputs[outputs_from + h * HEAD + i] = sum;
  if (i == 0 && h < kv_heads) {
    slots[first_head + h] += 1;
  }
}

// What a query attended to as half floats, without what lies between rows: those of head a begin at
// base[a] * HEADS. A work-item for each slot (dimension 0) of each query head of a group (1) of each
// KV head of all layers (2). Limited by reading p.
kernel SIZE(KEYS, 1) void halve(
    global const float *p,
    global half *halves,
    global const int *base,
    global const int *capacity,
    global const int *slots,
    const int stride) {
  const int j = get_global_id(0);
  const int h = get_global_id(1);
  const int a = get_global_id(2);
  if (j < slots[a]) {
    const long row = (long)base[a] * HEADS + (long)h * capacity[a];
    vstore_half(p[((long)a * HEADS + h) * stride + j], row + j, halves);
  }
}

// Of each slot: attention of the last queries on average, of the newest, lengths of key and value;
// [4][total], the attention received after it. A work-item for each slot (dimension 0) of each head (1).
kernel SIZE(KEYS, 1) void describe(
    global const float *keys,
    global const float *values,
    global const float *received,
    global const float *rows,
    global float *out,
    global const int *base,
    global const int *capacity,
    global const int *slots,
    const int window,
    const int newest,
    const int total) {
  const int j = get_global_id(0);
  const int a = get_global_id(1);
  if (j >= slots[a]) {
    return;
  }
  const int slot = base[a] + j;
  float sum = 0;
  for (int r = 0; r < window; r++) {
    sum += rows[(long)r * total + slot];
  }
  float key = 0;
  float value = 0;
  for (int i = 0; i < HEAD; i++) {
    const float k = keys[(long)base[a] * HEAD + (long)i * capacity[a] + j];
    const float v = values[(long)slot * HEAD + i];
    key += k * k;
    value += v * v;
  }
  out[slot] = sum / window;
  out[total + slot] = rows[(long)newest * total + slot];
  out[2 * (long)total + slot] = sqrt(key);
  out[3 * (long)total + slot] = sqrt(value);
  out[4 * (long)total + slot] = received[slot];
}

// Moves all slots to heads of another capacity. A work-item for each slot (dimension 0) of each head (1).
kernel SIZE(KEYS, 1) void move(
    global const float *keys,
    global const float *values,
    global const float *bias,
    global const float *received,
    global const int *position,
    global const float *rows,
    global const int *base,
    global const int *capacity,
    global const int *slots,
    const int total,
    global float *new_keys,
    global float *new_values,
    global float *new_bias,
    global float *new_received,
    global int *new_position,
    global float *new_rows,
    global const int *new_base,
    global const int *new_capacity,
    const int new_total,
    const int window) {
  const int j = get_global_id(0);
  const int a = get_global_id(1);
  if (j >= slots[a]) {
    return;
  }
  const int from = base[a] + j;
  const int to = new_base[a] + j;
  for (int i = 0; i < HEAD; i++) {
    new_keys[(long)new_base[a] * HEAD + (long)i * new_capacity[a] + j] =
        keys[(long)base[a] * HEAD + (long)i * capacity[a] + j];
    new_values[(long)to * HEAD + i] = values[(long)from * HEAD + i];
  }
  new_bias[to] = bias[from];
  new_received[to] = received[from];
  new_position[to] = position[from];
  for (int r = 0; r < window; r++) {
    new_rows[(long)r * new_total + to] = rows[(long)r * total + from];
  }
}

// Rounds numbers to `steps` + 1 levels between their smallest and their largest.
void round_group(global float *x, const int count, const int steps) {
  float least = x[0];
  float most = x[0];
  for (int i = 1; i < count; i++) {
    least = fmin(least, x[i]);
    most = fmax(most, x[i]);
  }
  const float step = (most - least) / steps;
  if (step > 0) {
    for (int i = 0; i < count; i++) {
      x[i] = least + step * rint((x[i] - least) / step);
    }
  }
}

// Rounds the keys of slots from[a] to to[a] - 1, channel by channel, `group` slots together.
// A work-item for each group (dimension 0) of each channel (1) of each head (2).
kernel SIZE(KEYS, 1) void round_keys(
    global float *keys,
    global const int *base,
    global const int *capacity,
    global const int *from,
    global const int *to,
    const int group,
    const int steps) {
  const int i = get_global_id(1);
  const int a = get_global_id(2);
  const int start = from[a] + get_global_id(0) * group;
  if (start < to[a]) {
    round_group(
        keys + (long)base[a] * HEAD + (long)i * capacity[a] + start, min(group, to[a] - start), steps);
  }
}

// Likewise the values, slot by slot, `group` channels together. A work-item for each slot (dimension
// 0) of each group (1) of each head (2).
kernel SIZE(KEYS, 1) void round_values(
    global float *values,
    global const int *base,
    global const int *from,
    global const int *to,
    const int group,
    const int steps) {
  const int a = get_global_id(2);
  const int j = from[a] + get_global_id(0);
  const int i = get_global_id(1) * group;
  if (j < to[a]) {
    round_group(values + (long)(base[a] + j) * HEAD + i, min(group, HEAD - i), steps);
  }
}

// A number of the mean direction of a class's keys.
float direction_of(
    global const float *numbers,
    global const float *lengths,
    global const int *members,
    global const float2 *weights,
    const int start,
    const int end) {
  float sum = 0;
  for (int m = start; m < end; m++) {
    sum += weights[m].x * numbers[members[m]] / fmax(lengths[members[m]], 1e-12f);
  }
  return sum;
}

// Executes plans. Each class, which is a slot afterwards, has members whose weights sum to 1; what a
// member's attention counts as is its factor. Where directions are merged, the key takes the mean
// direction of the members' keys and leaves its centre's length.
// A group of work-items for each class; one with a single member is copied. about: what `describe`
// made. scratch: a float per work-item.
kernel SIZE(KEYS, 1) void merge(
    global const float *keys,
    global const float *values,
    global const float *bias,
    global const float *received,
    global const int *position,
    global const float *rows,
    global const int *base,
    global const int *capacity,
    global const float *about,
    const int total,
    global float *new_keys,
    global float *new_values,
    global float *new_bias,
    global float *new_received,
    global int *new_position,
    global float *new_rows,
    global const int *new_base,
    global const int *new_capacity,
    const int new_total,
    const int window,
    global const int4 *classes,
    global const int *centres,
    global const float *more_bias,
    global const int *members,
    global const float2 *weights,
    const int directions,
    local float *scratch) {
  const int me = get_local_id(0);
  const int size = get_local_size(0);
  const int which = get_group_id(0);
  const int a = classes[which].x;
  const int start = classes[which].z;
  const int end = classes[which].w;
  const int centre = centres[which];
  const int from = base[a] + centre;
  const int to = new_base[a] + classes[which].y;
  const bool merged = end - start > 1;
  global const float *old_keys = keys + (long)base[a] * HEAD;
  global const float *old_values = values + (long)base[a] * HEAD;
  global float *key = new_keys + (long)new_base[a] * HEAD + classes[which].y;
  global const float *lengths = about + 2 * (long)total + base[a];
  float square = 0;
  for (int i = me; i < HEAD; i += size) {
    float value = merged ? 0 : old_values[(long)centre * HEAD + i];
    if (merged) {
      for (int m = start; m < end; m++) {
        value += weights[m].x * old_values[(long)members[m] * HEAD + i];
      }
      const float d =
          direction_of(old_keys + (long)i * capacity[a], lengths, members, weights, start, end);
      square += d * d;
    }
    new_values[(long)to * HEAD + i] = value;
  }
  const float length = sqrt(group_sum(scratch, square));
  const bool turned = merged && directions && length >= 1e-12f;
  for (int i = me; i < HEAD; i += size) {
    global const float *numbers = old_keys + (long)i * capacity[a];
    key[(long)i * new_capacity[a]] =
        turned ? direction_of(numbers, lengths, members, weights, start, end) / length
                     * lengths[centre]
               : numbers[centre];
  }
  if (me == 0) {
    float sum = 0;
    for (int m = start; m < end; m++) {
      sum += weights[m].y * received[base[a] + members[m]];
    }
    new_received[to] = sum;
    new_bias[to] = bias[from] + more_bias[which];
    new_position[to] = position[from];
  }
  for (int r = me; r < window; r += size) {
    float sum = 0;
    for (int m = start; m < end; m++) {
      sum += rows[(long)r * total + base[a] + members[m]];
    }
    new_rows[(long)r * new_total + to] = sum;
  }
}

// Which of some centres each slot of a pool resembles most: the product of the cosines of keys,
// values or both, each at least `least`; of equals the first. Bits of `by`: 1 keys, 2 values.
// A work-item for each slot of a pool (dimension 0) of each head that asks (1); CENTRES centres at a
// time in local memory. Limited by arithmetic.
// asked: of each head its number, where its pool begins in `asked`, the pool's size, the same of its
// centres, and where its answers begin. answers: centres, then similarities [2][all pools].
// about: what `describe` made.
kernel SIZE(KEYS, 1) void similar(
    global const float *keys,
    global const float *values,
    global const float *about,
    const int total,
    global const int *bases,
    global const int *capacities,
    global const int *asked,
    const int by,
    const float least,
    const int pooled,
    global int *answers,
    local float *key_tile,
    local float *value_tile) {
  const int me = get_local_id(0);
  const int at = get_global_id(0);
  global const int *question = asked + 6 * get_global_id(1);
  const int base = bases[question[0]];
  const int capacity = capacities[question[0]];
  global const int *pool = asked + question[1];
  const int pool_size = question[2];
  global const int *centres = asked + question[3];
  // A whole group behind the pool has nothing to compare with.
  const int first = get_group_id(0) * get_local_size(0);
  const int centre_count = first < pool_size ? question[4] : 0;
  const bool mine = at < pool_size;
  const int slot = mine ? pool[at] : 0;
  global const float *key = keys + (long)base * HEAD + slot;
  global const float *value = values + (long)(base + slot) * HEAD;
  global const float *key_lengths = about + 2 * (long)total + base;
  global const float *value_lengths = about + 3 * (long)total + base;
  const float key_by = 1 / fmax(key_lengths[slot], 1e-12f);
  const float value_by = 1 / fmax(value_lengths[slot], 1e-12f);
  float best = least;
  int which = 0;
  for (int c0 = 0; c0 < centre_count; c0 += CENTRES) {
    const int count = min(CENTRES, centre_count - c0);
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int i = me; i < CENTRES * HEAD; i += get_local_size(0)) {
      const int c = i / HEAD;
      if (c < count) {
        const int centre = centres[c0 + c];
        const int d = i - c * HEAD;
        key_tile[i] = keys[(long)base * HEAD + (long)d * capacity + centre]
                      / fmax(key_lengths[centre], 1e-12f);
        value_tile[i] = values[(long)(base + centre) * HEAD + d]
                        / fmax(value_lengths[centre], 1e-12f);
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    float k[CENTRES];
    float v[CENTRES];
    for (int c = 0; c < CENTRES; c++) {
      k[c] = 0;
      v[c] = 0;
    }
    for (int i = 0; i < HEAD; i++) {
      const float a = key[(long)i * capacity];
      const float b = value[i];
      for (int c = 0; c < count; c++) {
        k[c] += key_tile[c * HEAD + i] * a;
        v[c] += value_tile[c * HEAD + i] * b;
      }
    }
    for (int c = 0; c < count && mine; c++) {
      const float one = by & 1 ? fmax(least, k[c] * key_by) : 1;
      const float other = by & 2 ? fmax(least, v[c] * value_by) : 1;
      if (one * other > best) {
        best = one * other;
        which = c0 + c;
      }
    }
  }
  if (mine) {
    answers[question[5] + at] = which;
    answers[pooled + question[5] + at] = as_int(best);
  }
}
