// Norms, rotations, activations and sums of rows of activations. All are limited by memory.

// y[t] = x[t] normalised (kind 0: RMS, 1: layer) * weight + bias; y may be x.
// A work-group for each row t. scratch: a float per work-item.
kernel SIZE(GROUP, 1) void norm(
    global const float *x,
    global float *y,
    global const float *weight,
    global const float *bias,
    const int columns,
    const float epsilon,
    const int kind,
    const int biased,
    local float *scratch) {
  const int me = get_local_id(0);
  const int size = get_local_size(0);
  global const float *in = x + (long)get_group_id(0) * columns;
  global float *out = y + (long)get_group_id(0) * columns;
  float mean = 0;
  if (kind == 1) {
    float sum = 0;
    for (int i = me; i < columns; i += size) {
      sum += in[i];
    }
    mean = group_sum(scratch, sum) / columns;
  }
  float square = 0;
  for (int i = me; i < columns; i += size) {
    square += (in[i] - mean) * (in[i] - mean);
  }
  const float by = 1 / sqrt(group_sum(scratch, square) / columns + epsilon);
  for (int i = me; i < columns; i += size) {
    out[i] = (in[i] - mean) * by * weight[i] + (biased ? bias[i] : 0);
  }
}

// RMS normalisation in place of parts of width d, from column `from` on.
// A work-group for each part (dimension 0) of each row (1).
kernel SIZE(KEYS, 1) void norm_parts(
    global float *x,
    global const float *weight,
    const int columns,
    const int from,
    const int d,
    const float epsilon,
    local float *scratch) {
  const int me = get_local_id(0);
  const int size = get_local_size(0);
  global float *part = x + (long)get_group_id(1) * columns + from + get_group_id(0) * d;
  float square = 0;
  for (int i = me; i < d; i += size) {
    square += part[i] * part[i];
  }
  const float by = 1 / sqrt(group_sum(scratch, square) / d + epsilon);
  for (int i = me; i < d; i += size) {
    part[i] *= by * weight[i];
  }
}

// Rotary positions in place. A work-item for each pair of each head (0) of each row (1).
kernel SIZE(KEYS, 1) void turn(
    global float *x,
    global const int *positions,
    global const float *frequencies,
    const int columns,
    const int heads,
    const int d,
    const int pairs,
    const int halves,
    const float magnitude) {
  const int at = get_global_id(0);
  const int h = at / pairs;
  const int i = at - h * pairs;
  if (h >= heads) {
    return;
  }
  const int row = get_global_id(1);
  global float *first = x + (long)row * columns + h * d + (halves ? i : 2 * i);
  global float *second = first + (halves ? pairs : 1);
  const float angle = positions[row] * frequencies[i];
  const float c = magnitude * cos(angle);
  const float s = magnitude * sin(angle);
  const float a = *first;
  const float b = *second;
  *first = a * c - b * s;
  *second = b * c + a * s;
}

float activated(float x, const int kind) {
  switch (kind) {
    case 0: // SiLU
      return x / (1 + exp(-x));
    case 1: // GELU by tanh
      return 0.5f * x * (1 + tanh(0.7978845608f * (x + 0.044715f * x * x * x)));
    case 2: // ReLU
      return fmax(x, 0.0f);
    default: // GELU
      return 0.5f * x * (1 + erf(0.7071067812f * x));
  }
}

// y = activation(gate) * up, or activation(x). A work-item for each column (0) of each row (1) of y.
kernel SIZE(KEYS, 1) void activate(
    global const float *x, global float *y, const int width, const int kind, const int gated) {
  const int i = get_global_id(0);
  if (i >= width) {
    return;
  }
  const long row = get_global_id(1);
  global const float *in = x + row * width * (gated ? 2 : 1);
  const float a = activated(in[i], kind);
  y[row * width + i] = gated ? a * in[width + i] : a;
}

// x += factor * y. A work-item for each number.
kernel SIZE(GROUP, 1) void add(global float *x, global const float *y, const float factor, const long count) {
  const long i = get_global_id(0);
  if (i < count) {
    x[i] += factor * y[i];
  }
}
