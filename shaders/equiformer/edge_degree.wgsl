// What the edge degree embedding and its adjoint have in common; src/models/equiformer/turn-source.ts writes the rest.
// Equiformer SPEC 12 (edge degree embedding).
//
//   x_i[l, m, c] = start[i][l, m, c] + Σ_e R_lc(d_e) D_e[m, 0]      D[m, 0] = Y_lm / √(2l + 1)
//
//   radial    table of the functions R, which have the projection and the averages in them
//   start     [atoms, X]   what an atom is before it knows of any other
//   results   [atoms, X]   x;   gradient [atoms, X] toward it
//   pulls     [edges, PULLS]  (torque x, gd, torque z, of others) is added to, in columns of its own

import package::common::system::System;
import package::neighbors::edge::Edge;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(3) var<storage, read> edges: array<Edge>;
@group(0) @binding(4) var<storage, read> frames: array<f32>;
@group(0) @binding(5) var<storage, read> start: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> results: array<vec4f>;
@group(0) @binding(7) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> pulls: array<vec4f>;

fn edge_count() -> u32 { return row_starts[system.atoms]; }
