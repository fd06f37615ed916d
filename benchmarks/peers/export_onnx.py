"""Writes energy and forces of the bundled network for one molecule as an ONNX file, for `npm run bench -- --onnx FILE`.

    python3 benchmarks/peers/export_onnx.py public/models/et-gfn2-small.safetensors ethanol.xyz ethanol.onnx

Needs torch 2.5 or newer, onnx, onnxscript and safetensors. Put the .xyz beside the .onnx. The atoms are fixed, their
positions come in: `pos` float32 [1, N, 3] in Å; `energy` leaves out the reference energies, `forces` is [1, N, 3].

ONNX knows no neighbour list, so every pair of atoms has a row of its own in [N, N] tensors; pairs beyond the cutoff add
zeros. Covered are networks like the bundled one: expnorm, silu, distance_influence both, neighbour embedding,
vector_cutoff, no mean and standard deviation. Notation and equations: TorchMD-NET's Equivariant Transformer (arXiv
2202.02541), shaders/et.
"""

import json
import math
import sys

import torch
import torch.nn.functional as F

SYMBOLS = "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar".split()
M = "representation_model."
O = "output_model.output_network."


def read_xyz(path):
    """Atomic numbers [N] and positions [N, 3] of the first frame."""
    with open(path) as file:
        lines = file.read().splitlines()
    rows = [line.split() for line in lines[2 : 2 + int(lines[0])]]
    numbers = torch.tensor([SYMBOLS.index(row[0]) + 1 for row in rows])
    return numbers, torch.tensor([[float(x) for x in row[1:4]] for row in rows], dtype=torch.float32)


class Network:
    """The function from positions to the energy, for fixed atoms."""

    def __init__(self, weights, hyper, numbers):
        wanted = {"rbf_type": "expnorm", "activation": "silu", "attn_activation": "silu", "distance_influence": "both"}
        wanted |= {"neighbor_embedding": True, "vector_cutoff": True, "cutoff_lower": 0.0, "output_model": "Scalar"}
        for key, value in wanted.items():
            if hyper[key] != value:
                raise SystemExit(f"{key} is {hyper[key]}; only {value} is covered.")
        self.weights = weights
        self.numbers = numbers
        self.channels = hyper["embedding_dimension"]
        self.heads = hyper["num_heads"]
        self.layers = hyper["num_layers"]
        self.cutoff = hyper["cutoff_upper"]

    def linear(self, name, x):
        return F.linear(x, self.weights[f"{name}.weight"], self.weights.get(f"{name}.bias"))

    def norm(self, name, x):
        return F.layer_norm(x, (self.channels,), self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def energy(self, positions):
        """positions [N, 3] -> scalar"""
        atoms, heads, width = len(self.numbers), self.heads, self.channels // self.heads
        # Pairs [i, j]: i receives, j sends, u points from i to j. A pair of an atom with itself has distance 0.
        others = 1 - torch.eye(atoms)
        d = positions[None, :, :] - positions[:, None, :]
        square = (d * d).sum(-1)
        r = torch.sqrt(square + (1 - others)) * others
        u = d / (r + (1 - others))[..., None]
        cutoff = 0.5 * (torch.cos(r * (math.pi / self.cutoff)) + 1) * (r < self.cutoff).float()
        place = torch.exp(-5 / self.cutoff * r)[..., None] - self.weights[M + "distance_expansion.means"]
        phi = cutoff[..., None] * torch.exp(-self.weights[M + "distance_expansion.betas"] * place * place)

        filters = self.linear(M + "neighbor_embedding.distance_proj", phi) * (cutoff * others)[..., None]
        sums = (filters * self.weights[M + "neighbor_embedding.embedding.weight"][self.numbers]).sum(1)
        x = self.weights[M + "embedding.weight"][self.numbers]
        x = self.linear(M + "neighbor_embedding.combine", torch.cat([x, sums], -1))
        v = torch.zeros(atoms, 3, self.channels)

        for layer in range(self.layers):
            name = f"{M}attention_layers.{layer}."
            normalized = self.norm(name + "layernorm", x)
            q = self.linear(name + "q_proj", normalized).view(atoms, 1, heads, width)
            k = self.linear(name + "k_proj", normalized).view(1, atoms, heads, width)
            dk = F.silu(self.linear(name + "dk_proj", phi)).view(atoms, atoms, heads, width)
            attention = F.silu((q * k * dk).sum(-1, keepdim=True))
            values = self.linear(name + "v_proj", normalized).view(1, atoms, heads, 3 * width)
            dv = F.silu(self.linear(name + "dv_proj", phi)).view(atoms, atoms, heads, 3 * width)
            s, w1, w2 = torch.split(values * dv * cutoff[..., None, None], width, -1)
            scalars = (s * attention).sum(1).reshape(atoms, self.channels)
            w1 = w1.reshape(atoms, atoms, 1, self.channels)
            w2 = w2.reshape(atoms, atoms, 1, self.channels)
            vectors = (v[None] * w1 + u[..., None] * w2).sum(1)
            p1, p2, p3 = torch.split(self.linear(name + "vec_proj", v), self.channels, -1)
            o1, o2, o3 = torch.split(self.linear(name + "o_proj", scalars), self.channels, -1)
            x = x + (p1 * p2).sum(1) * o2 + o3
            v = v + p3 * o1[:, None] + vectors

        x = self.norm(M + "out_norm", x)
        for block in range(2):
            name = f"{O}{block}."
            projected = self.linear(name + "vec1_proj", v)
            square = (projected * projected).sum(1)
            # The slope of the norm is 0 where the vector is.
            some = (square > 0).float()
            norms = torch.sqrt(square + (1 - some)) * some
            hidden = F.silu(self.linear(name + "update_net.layers.0", torch.cat([x, norms], -1)))
            x, gate = torch.chunk(self.linear(name + "update_net.layers.2", hidden), 2, -1)
            v = gate[:, None] * self.linear(name + "vec2_proj", v)
            if block == 0:
                x = F.silu(x)
        return x.sum()


def main(model, xyz, out):
    from safetensors import safe_open
    from torch.fx.experimental.proxy_tensor import make_fx

    with safe_open(model, "pt") as file:
        weights = {key: file.get_tensor(key) for key in file.keys()}
        hyper = json.loads(file.metadata()["hyper_parameters"])
    numbers, positions = read_xyz(xyz)
    network = Network(weights, hyper, numbers)

    def energy_and_forces(pos):
        gradient, energy = torch.func.grad_and_value(lambda p: network.energy(p[0]))(pos)
        return energy, -gradient

    # One graph of plain operations, the gradient's among them: ONNX cannot differentiate.
    table = dict(torch._decomp.core_aten_decompositions())
    table[torch.ops.aten.empty_permuted.default] = lambda size, layout, **options: torch.zeros(
        size, dtype=options.get("dtype") or torch.float32
    )
    graph = make_fx(energy_and_forces, decomposition_table=table)(positions[None])

    class Exported(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.graph = graph

        def forward(self, pos):
            return self.graph(pos)

    torch.onnx.export(
        Exported().eval(),
        (positions[None],),
        out,
        dynamo=True,
        input_names=["pos"],
        output_names=["energy", "forces"],
        external_data=False,
    )


if __name__ == "__main__":
    main(*sys.argv[1:4])
