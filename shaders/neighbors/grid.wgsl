/// Bins in which atoms look for their neighbours, along the axes of the cell (Å, where there is none).
struct Grid {
  /// bins along each axis
  dims: vec3u,
  /// 1 while the list of candidates is being made anew; the kernels of that work return at once otherwise
  building: u32,
  /// coordinate at which the first bin begins: 0 along a repeating axis
  low: vec3f,
  /// bins per unit of the coordinate
  per_unit: vec3f,
  /// bins to visit on either side
  reach: vec3i,
}

/// Which bin an atom is in, and how many whole cells it is away from the first one.
struct Home {
  wraps: vec3i,
  bin: u32,
}

/// Source of an empty place at the end of a row of candidates.
const NO_SOURCE = 0xffffffffu;

/// The pair source → receiver in an image: the receiver is the row it stands in.
struct Candidate {
  /// or NO_SOURCE
  source: u32,
  /// `image_code` of the shift S that makes pos_source − pos_receiver + S · rows the separation
  image: u32,
}

fn bin_index(at: vec3u, dims: vec3u) -> u32 { return (at.x * dims.y + at.y) * dims.z + at.z; }

fn bin_place(bin: u32, dims: vec3u) -> vec3u {
  return vec3u(bin / (dims.y * dims.z), (bin / dims.z) % dims.y, bin % dims.z);
}
