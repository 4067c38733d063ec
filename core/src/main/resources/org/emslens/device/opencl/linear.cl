// y[t] = W x[t] + b for weights as their file has them, in tiles of TILE_ROWS rows (PackedTiles.java).
//
// Defines: TILE_ROWS; LEVELS, bits of a level: 4, 5, 6, 8, 16 (half), 17 (bfloat16), 32;
// SCALES: 0 none, 1 halves, 2 halves with minima, 3 super-blocks with minima, 4 super-blocks of 16, 5 those with minima;
// OFFSET, what levels are counted from. For products of several tokens: TILE, SPAN = TILE / 16.

#define BLOCK 32
#if LEVELS == 4
#define WORDS 4
#elif LEVELS == 5
#define WORDS 5
#elif LEVELS == 6
#define WORDS 6
#elif LEVELS == 8
#define WORDS 8
#elif LEVELS == 32
#define WORDS 32
#else
#define WORDS 16
#endif

#if SCALES == 1
#define SCALE_BYTES 2
#define SUPER_BYTES 0
#elif SCALES == 2
#define SCALE_BYTES 4
#define SUPER_BYTES 0
#elif SCALES == 3
#define SCALE_BYTES 2
#define SUPER_BYTES 4
#elif SCALES == 4
#define SCALE_BYTES 2
#define SUPER_BYTES 2
#elif SCALES == 5
#define SCALE_BYTES 4
#define SUPER_BYTES 4
#else
#define SCALE_BYTES 0
#define SUPER_BYTES 0
#endif

float half_at(global const uchar *at, int i) {
  return vload_half(i, (global const half *)at);
}

// Scale of half p of block b of row r, and what is added to its weights.
float2 scale_of(global const uchar *tile, int b, int p, int r) {
#if SCALES == 0
  return (float2)(1, 0);
#else
  global const uchar *at =
      tile + (long)(b / 8 + 1) * SUPER_BYTES * TILE_ROWS + (long)b * SCALE_BYTES * TILE_ROWS;
#if SCALES == 1
  return (float2)(half_at(at, r), 0);
#elif SCALES == 2
  return (float2)(half_at(at, r), half_at(at, TILE_ROWS + r));
#else
  global const uchar *factors = tile + (long)(b / 8) * (SUPER_BYTES + 8 * SCALE_BYTES) * TILE_ROWS;
#if SCALES == 3
  return (float2)(half_at(factors, r) * at[r], -half_at(factors, TILE_ROWS + r) * at[TILE_ROWS + r]);
#elif SCALES == 4
  return (float2)(half_at(factors, r) * ((global const char *)at)[p * TILE_ROWS + r], 0);
#else
  return (float2)(
      half_at(factors, r) * at[p * TILE_ROWS + r],
      -half_at(factors, TILE_ROWS + r) * at[(2 + p) * TILE_ROWS + r]);
#endif
#endif
#endif
}

#define EIGHT(f) (float8)(f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7))

// Levels 8 k to 8 k + 7 of row r of a block whose words begin at `words`.
float8 levels_of(global const uint *words, int k, int r) {
#if LEVELS <= 6
  const uint low = words[k * TILE_ROWS + r];
  uint8 q = ((uint8)(low) >> (uint8)(0, 4, 8, 12, 16, 20, 24, 28)) & 15u;
#if LEVELS == 5
  const uint high = words[4 * TILE_ROWS + r] >> (8 * k);
  q |= (((uint8)(high) >> (uint8)(0, 1, 2, 3, 4, 5, 6, 7)) & 1u) << 4;
#elif LEVELS == 6
  const uint high = words[(4 + (k >> 1)) * TILE_ROWS + r] >> (16 * (k & 1));
  q |= (((uint8)(high) >> (uint8)(0, 2, 4, 6, 8, 10, 12, 14)) & 3u) << 4;
#endif
  return convert_float8(q) - OFFSET;
#elif LEVELS == 8
  const char4 a = as_char4(words[2 * k * TILE_ROWS + r]);
  const char4 b = as_char4(words[(2 * k + 1) * TILE_ROWS + r]);
  return (float8)(a.s0, a.s1, a.s2, a.s3, b.s0, b.s1, b.s2, b.s3);
#elif LEVELS == 16
#define WEIGHT(i) vload_half(2 * ((4 * k + i / 2) * TILE_ROWS + r) + i % 2, (global const half *)words)
  return EIGHT(WEIGHT);
#elif LEVELS == 17
#define WORD(i) words[(4 * k + i / 2) * TILE_ROWS + r]
#define WEIGHT(i) as_float(i % 2 ? WORD(i) & 0xffff0000u : WORD(i) << 16)
  return EIGHT(WEIGHT);
#else
#define WEIGHT(i) as_float(words[(8 * k + i) * TILE_ROWS + r])
  return EIGHT(WEIGHT);
#endif
}

float dot8(float8 x, float8 y) {
  return dot(x.lo, y.lo) + dot(x.hi, y.hi);
}

// Inputs 8 i to 8 i + 7 of a row; zeros after the last, where TAIL says that 8 do not divide them.
float8 inputs_of(global const float *x, int i, int in) {
#ifdef TAIL
#define INPUT(k) (8 * i + k < in ? x[8 * i + k] : 0)
  return EIGHT(INPUT);
#else
  return vload8(i, x);
#endif
}

// Few tokens: every weight is read once for up to MANY of them. Limited by reading weights.
// Work-group: TILE_ROWS rows (dimension 0) times parts of the inputs (1); a group for each tile.
// scratch: a float for each work-item and token.
kernel SIZE(TILE_ROWS, PARTS) void few(
    global const uchar *weights,
    const long tile_bytes,
    const long words_from,
    const int blocks,
    const int rows,
    const int in,
    global const float *x,
    global const float *bias,
    const int biased,
    global float *y,
    const int y_width,
    const int y_from,
    const int first,
    const int n,
    local float *scratch) {
  const int r = get_local_id(0);
  const int part = get_local_id(1);
  const int parts = get_local_size(1);
  global const uchar *tile = weights + get_group_id(0) * tile_bytes;
  global const uint *words = (global const uint *)(tile + words_from);
  float sums[MANY];
  for (int t = 0; t < MANY; t++) {
    sums[t] = 0;
  }
  for (int b = part; b < blocks; b += parts) {
    for (int p = 0; p < 2; p++) {
      const float2 s = scale_of(tile, b, p, r);
      for (int k = 2 * p; k < 2 * p + 2; k++) {
        const float8 w = levels_of(words + (long)b * WORDS * TILE_ROWS, k, r) * s.x + s.y;
        for (int t = 0; t < MANY; t++) {
          if (t < n) {
            sums[t] += dot8(w, inputs_of(x + (long)(first + t) * in, 4 * b + k, in));
          }
        }
      }
    }
  }
  for (int t = 0; t < MANY; t++) {
    scratch[(t * parts + part) * TILE_ROWS + r] = sums[t];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  const int row = get_group_id(0) * TILE_ROWS + r;
  for (int t = part; t < n; t += parts) {
    float sum = 0;
    for (int p = 0; p < parts; p++) {
      sum += scratch[(t * parts + p) * TILE_ROWS + r];
    }
    if (row < rows) {
      y[(long)(first + t) * y_width + y_from + row] = sum + (biased ? bias[y_from + row] : 0);
    }
  }
}

// Puts eight numbers below each other.
void put(local float *column, float8 x) {
  column[0] = x.s0;
  column[TILE + 1] = x.s1;
  column[2 * (TILE + 1)] = x.s2;
  column[3 * (TILE + 1)] = x.s3;
  column[4 * (TILE + 1)] = x.s4;
  column[5 * (TILE + 1)] = x.s5;
  column[6 * (TILE + 1)] = x.s6;
  column[7 * (TILE + 1)] = x.s7;
}

// Many tokens: a tile of TILE rows times TILE tokens, unpacked 32 inputs at a time.
// Work-group: 16 x 16, each work-item SPAN x SPAN results; groups: rows (0), tokens (1).
// Limited by arithmetic where TILE is large.
kernel SIZE(16, 16) void many(
    global const uchar *weights,
    const long tile_bytes,
    const long words_from,
    const int blocks,
    const int rows,
    const int in,
    global const float *x,
    global const float *bias,
    const int biased,
    global float *y,
    const int y_width,
    const int y_from,
    const int n) {
  local float w[BLOCK][TILE + 1];
  local float v[BLOCK][TILE + 1];
  const int a = get_local_id(0);
  const int b = get_local_id(1);
  const int me = b * 16 + a;
  const int first_row = get_group_id(0) * TILE;
  const int first_token = get_group_id(1) * TILE;
  float sums[SPAN][SPAN];
  for (int i = 0; i < SPAN; i++) {
    for (int j = 0; j < SPAN; j++) {
      sums[i][j] = 0;
    }
  }
  for (int block = 0; block < blocks; block++) {
    for (uint part = me; part < 4 * TILE; part += 256) {
      const uint row = part % TILE;
      const int k = part / TILE;
      const uint at = first_row + row;
      float8 levels = 0;
      if (at < rows) {
        global const uchar *tile = weights + (at / TILE_ROWS) * tile_bytes;
        global const uint *words =
            (global const uint *)(tile + words_from) + (long)block * WORDS * TILE_ROWS;
        const float2 s = scale_of(tile, block, k >> 1, at % TILE_ROWS);
        levels = levels_of(words, k, at % TILE_ROWS) * s.x + s.y;
      }
      put(&w[8 * k][row], levels);
      const int token = first_token + row;
      const float8 inputs = token < n ? inputs_of(x + (long)token * in, 4 * block + k, in) : 0;
      put(&v[8 * k][row], inputs);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int k = 0; k < BLOCK; k++) {
      float left[SPAN];
      for (int i = 0; i < SPAN; i++) {
        left[i] = w[k][a + 16 * i];
      }
      for (int j = 0; j < SPAN; j++) {
        const float right = v[k][b + 16 * j];
        for (int i = 0; i < SPAN; i++) {
          sums[j][i] += left[i] * right;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  for (int j = 0; j < SPAN; j++) {
    const int token = first_token + b + 16 * j;
    for (int i = 0; i < SPAN; i++) {
      const int row = first_row + a + 16 * i;
      if (row < rows && token < n) {
        y[(long)token * y_width + y_from + row] = sums[j][i] + (biased ? bias[y_from + row] : 0);
      }
    }
  }
}
