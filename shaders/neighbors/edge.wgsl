/// One directed edge source → receiver. Edges of one receiver are contiguous, and the edge that goes the other way has the
/// same distance and the opposite direction, to the bit.
struct Edge {
  /// unit vector from receiver to source; 0 for an atom's edge to itself
  direction: vec3f,
  /// Å; exactly 0 for an atom's edge to itself
  distance: f32,
  source: u32,
  receiver: u32,
  /// `image_code` of the shift S that makes pos_source − pos_receiver + S · rows the separation
  image: u32,
}

/// A periodic cell, or none where no axis repeats.
struct Cell {
  /// rows a, b, c in Å; w: 1 where the axis repeats, −1 (and a zero row) where it does not
  rows: array<vec4f, 3>,
  /// columns of the inverse: fractional coordinate k of d is dot(d, inverse[k])
  inverse: array<vec4f, 3>,
}

/// How many images to visit along each axis, on either side of a separation within ±½ (and a rounding error): cutoff
/// over the distance between lattice planes, which is the inverse of the length of the reciprocal vector, and ½.
fn image_reach(cell: Cell, cutoff: f32) -> vec3i {
  var reach = vec3i(0);
  for (var k = 0u; k < 3u; k++) {
    if cell.rows[k].w > 0.0 { reach[k] = i32(floor(cutoff * length(cell.inverse[k].xyz) + 0.5001)); }
  }
  return reach;
}

/// The shift by whole cells that brings the fractional coordinates of d along repeating axes within ±½.
fn nearest_shift(d: vec3f, cell: Cell) -> vec3i {
  var shift = vec3i(0);
  for (var k = 0u; k < 3u; k++) {
    if cell.rows[k].w > 0.0 { shift[k] = -i32(round(dot(d, cell.inverse[k].xyz))); }
  }
  return shift;
}

/// The separation d with its fractional coordinates along repeating axes brought within ±½.
fn wrapped(d: vec3f, cell: Cell) -> vec3f {
  var v = d;
  for (var k = 0u; k < 3u; k++) {
    if cell.rows[k].w > 0.0 { v -= round(dot(v, cell.inverse[k].xyz)) * cell.rows[k].xyz; }
  }
  return v;
}

/// The separation d moved by whole cells.
fn shifted(d: vec3f, cell: Cell, n: vec3i) -> vec3f {
  let f = vec3f(n);
  return d + f.x * cell.rows[0].xyz + f.y * cell.rows[1].xyz + f.z * cell.rows[2].xyz;
}

/// Three signed image numbers, each within ±511, in one word.
fn image_code(n: vec3i) -> u32 {
  let shifted = vec3u(n + vec3i(512));
  return (shifted.x << 20u) | (shifted.y << 10u) | shifted.z;
}

/// The image numbers in a code.
fn image_of(code: u32) -> vec3i {
  return vec3i(vec3u(code >> 20u, (code >> 10u) & 1023u, code & 1023u)) - vec3i(512);
}
