// What kernels of the adjoint of product.wgsl have in common; src/models/equiformer/product-source.ts writes the rest.
// Equiformer SPEC 9 and 12.
//
//   gt_path[m, u] = Σ_c matrix[path u, c] gy[m, c]                      never in memory
//   gx[±m, u] = Σ_paths w[u] factor[m] gt[m, u]
//   gd = Σ_paths Σ_u w'[u] Σ_m factor[m] x[±m, u] gt[m, u]              of the distance, where weights come from it
//   torque −= ⟨gx, J x⟩ about x and z of the frame
//
//   features [edges, X], gradient [edges, Y] at the results, matrices transposed
//   radial             table of the paths' weights
//   results [edges, X] gx
//   pulls [edges, PULLS]  (torque x, gd, torque z, of others) is added to, in columns of their own
//
// A lane has four channels of one block of the features, all components of it, for a few edges that follow each other.

import package::common::system::System;
import package::neighbors::edge::Edge;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(3) var<storage, read> features: array<vec4f>;
@group(0) @binding(4) var<storage, read> matrices: array<vec4f>;
@group(0) @binding(5) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> results: array<vec4f>;
@group(0) @binding(7) var<storage, read> edges: array<Edge>;
@group(0) @binding(8) var<storage, read_write> pulls: array<vec4f>;

fn edge_count() -> u32 { return row_starts[system.atoms]; }

fn matrix_at(at: u32, width: u32) -> mat4x4f {
  return mat4x4f(matrices[at], matrices[at + width], matrices[at + 2u * width], matrices[at + 3u * width]);
}
