// Flat thread index of a dispatch that `cover` (src/gpu/kernel.ts) may have spread over two dimensions.
fn flat_index(id: vec3u, groups: vec3u, workgroup: u32) -> u32 {
  return id.x + id.y * groups.x * workgroup;
}
