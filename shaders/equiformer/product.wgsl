// What kernels of a tensor product on edges have in common; src/models/equiformer/product-source.ts writes the rest of them,
// path by path. Equiformer SPEC 8, 9 and TENSOR_PRODUCTS 2.1.
//
//   features [edges, X]   in the edge's frame    radial [edges, W]   weights of the paths
//   matrices, biases      as src/models/equiformer/edge-product.ts lays them out
//   results [edges, Y]
//
// A lane has four channels of one block of the results, all components of it, for a few edges that follow each other.
// The blocks are told apart by workgroup_id.z.

import package::common::system::System;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read> features: array<vec4f>;
@group(0) @binding(3) var<storage, read> matrices: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> results: array<vec4f>;
@group(0) @binding(5) var<storage, read> radial: array<vec4f>;

fn edge_count() -> u32 { return row_starts[system.atoms]; }

/// Four rows of a matrix, `width` vec4s apart, where they meet four columns.
fn matrix_at(at: u32, width: u32) -> mat4x4f {
  return mat4x4f(matrices[at], matrices[at + width], matrices[at + 2u * width], matrices[at + 3u * width]);
}
