// What several programs share. OpenCL C 1.2; everything is float32.
// Defines: GROUP and KEYS, sizes of work-groups, powers of two; SUBGROUPS where there are such.

// The size of a kernel's work-groups, so that what is built can run in them.
#define SIZE(x, y) __attribute__((reqd_work_group_size(x, y, 1)))

#ifdef SUBGROUPS
#ifdef cl_khr_subgroups
#pragma OPENCL EXTENSION cl_khr_subgroups : enable
#endif

// Sum of x over a work-group of one dimension, for all of its work-items.
// scratch: a float for each of them.
float group_sum(local float *scratch, float x) {
  const float part = sub_group_reduce_add(x);
  if (get_sub_group_local_id() == 0) {
    scratch[get_sub_group_id()] = part;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  float sum = scratch[0];
  for (uint i = 1; i < get_num_sub_groups(); i++) {
    sum += scratch[i];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  return sum;
}

// Likewise the largest.
float group_max(local float *scratch, float x) {
  const float part = sub_group_reduce_max(x);
  if (get_sub_group_local_id() == 0) {
    scratch[get_sub_group_id()] = part;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  float most = scratch[0];
  for (uint i = 1; i < get_num_sub_groups(); i++) {
    most = fmax(most, scratch[i]);
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  return most;
}
#else
// Sum of x over a work-group of one dimension whose size is a power of two, for all of its
// work-items. scratch: a float for each of them.
float group_sum(local float *scratch, float x) {
  const int me = get_local_id(0);
  scratch[me] = x;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int half_size = get_local_size(0) / 2; half_size > 0; half_size /= 2) {
    if (me < half_size) {
      scratch[me] += scratch[me + half_size];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  const float sum = scratch[0];
  barrier(CLK_LOCAL_MEM_FENCE);
  return sum;
}

// Likewise the largest.
float group_max(local float *scratch, float x) {
  const int me = get_local_id(0);
  scratch[me] = x;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int half_size = get_local_size(0) / 2; half_size > 0; half_size /= 2) {
    if (me < half_size) {
      scratch[me] = fmax(scratch[me], scratch[me + half_size]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  const float most = scratch[0];
  barrier(CLK_LOCAL_MEM_FENCE);
  return most;
}
#endif

// What a product of query and key counts as: scaled, and capped where cap is not 0.
float score_of(float product, float scale, float cap) {
  const float x = scale * product;
  return cap == 0 ? x : cap * tanh(x / cap);
}

// Whether the query at a position reaches the key at another; window 0 reaches all up to its own.
bool reaches(int query, int key, int window) {
  return key <= query && (window == 0 || query - key < window);
}
