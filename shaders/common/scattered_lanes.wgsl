// Whether lanes of a subgroup are scattered over their workgroup, which WGSL leaves to the adapter: 1, or 0 where they have
// numbers in a row.

enable subgroups;

@group(0) @binding(0) var<storage, read_write> scattered: atomic<u32>;

@compute @workgroup_size(256)
fn main(
  @builtin(local_invocation_index) lane: u32,
  @builtin(subgroup_invocation_id) place: u32,
  @builtin(subgroup_size) size: u32,
) {
  if place != lane % size { atomicStore(&scattered, 1u); }
}
