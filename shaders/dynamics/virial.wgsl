/// A symmetric tensor: xx, yy, zz and yz, xz, xy.
struct Symmetric {
  diagonal: vec3f,
  off: vec3f,
}

/// The symmetric part of the tensor with rows a, b, c.
fn symmetric_part(a: vec3f, b: vec3f, c: vec3f) -> Symmetric {
  return Symmetric(vec3f(a.x, b.y, c.z), 0.5 * vec3f(b.z + c.y, a.z + c.x, a.y + b.x));
}
