// What kernels have in common that turn features into an edge's frame or out of it; src/models/equiformer/turn-source.ts
// writes the rest of them, component by component. Equiformer SPEC 12; src/reference/irreps/edge-frame.ts.
//
//   frames [edges, FRAME]   D of each degree (irreps/frames.wgsl)
//   row_starts, edges       the neighbour list's; reverse [edges]
//   weights [edges, HEADS]  attention weights, or what stands for them
//
// A lane has four channels of one block, all components of it, of one edge or one atom. Blocks are told apart by
// workgroup_id.z.

import package::common::system::System;
import package::neighbors::edge::Edge;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read> edges: array<Edge>;
@group(0) @binding(3) var<storage, read> frames: array<f32>;
@group(0) @binding(4) var<storage, read> features: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> results: array<vec4f>;
@group(0) @binding(6) var<storage, read> weights: array<f32>;
@group(0) @binding(7) var<storage, read> reverse: array<u32>;
@group(0) @binding(8) var<storage, read> others: array<vec4f>;
@group(0) @binding(9) var<storage, read_write> others_results: array<vec4f>;
@group(0) @binding(10) var<storage, read_write> pulls: array<vec4f>;

fn edge_count() -> u32 { return row_starts[system.atoms]; }
