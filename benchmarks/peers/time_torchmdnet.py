"""Times energy and forces of a TorchMD-NET Equivariant Transformer in PyTorch, for `npm run bench -- --torch PYTHON`.

    python3 benchmarks/peers/time_torchmdnet.py [MODEL FILE.xyz] [--device cuda|cpu] [--seconds 10] [--threads N] [--compile]

MODEL is a checkpoint (.ckpt), or `md17` or `spice`: networks of these sizes with random weights, which cost the same.
FILE.xyz has its atoms in open space. Needs torchmd-net and torch, nothing else; torchmd-net may be a checkout on PYTHONPATH,
and where Warp is missing, which its neighbour list is written in, the pairs come from plain PyTorch. The last line of
the output is JSON: energy and forces in the checkpoint's units (eV and eV/Å for the bundled model), times in seconds.
Without operands, lines `MODEL FILE.xyz` of the input are answered one by one.
"""

import argparse
import json
import statistics
import sys
import time
import types

import torch


def plain_neighbors(
    strategy,
    positions,
    batch,
    box_vectors,
    use_periodic,
    cutoff_lower,
    cutoff_upper,
    max_num_pairs,
    loop,
    include_transpose,
    num_cells,
):
    """Stands in for torchmdnet.extensions.ops.get_neighbor_pairs_kernel: all pairs compared, in open space.

    Returns neighbors (2, E), deltas (E, 3), distances (E,), and the number of pairs (1,).
    """
    assert not use_periodic and include_transpose and strategy == "brute"
    with torch.no_grad():
        squares = (positions[:, None] - positions[None]).square().sum(-1)
        near = (squares < cutoff_upper**2) & (squares >= cutoff_lower**2) & (batch[:, None] == batch[None])
        near.fill_diagonal_(loop)
        neighbors = near.nonzero().T
    deltas = positions[neighbors[0]] - positions[neighbors[1]]
    itself = neighbors[0] == neighbors[1]
    # The norm of zero has no derivative.
    distances = torch.where(itself[:, None], torch.ones_like(deltas), deltas).norm(dim=-1).masked_fill(itself, 0)
    return neighbors, deltas, distances, torch.tensor([neighbors.shape[1]], device=positions.device)


try:
    import warp  # noqa: F401

    NEIGHBORS = "Warp"
except ImportError:
    stand_in = types.ModuleType("torchmdnet.extensions.ops")
    stand_in.get_neighbor_pairs_kernel = plain_neighbors
    sys.modules["torchmdnet.extensions.ops"] = stand_in
    NEIGHBORS = "plain PyTorch"

from torchmdnet.models.model import create_model, load_model  # noqa: E402

SYMBOLS = "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr".split()

# Room for pairs in upstream's neighbour list, per atom: a ball of water has 430 within 10 Å.
MOST_NEIGHBORS = 512

SIZE = {
    "model": "equivariant-transformer",
    "embedding_dimension": 128,
    "num_layers": 6,
    "num_heads": 8,
    "rbf_type": "expnorm",
    "trainable_rbf": False,
    "activation": "silu",
    "attn_activation": "silu",
    "neighbor_embedding": True,
    "distance_influence": "both",
    "cutoff_lower": 0.0,
    "max_z": 100,
    "vector_cutoff": True,
    "box_vecs": None,
    "atom_filter": -1,
    "prior_model": None,
    "output_model": "Scalar",
    "reduce_op": "add",
    "precision": 32,
}
SIZES = {
    "md17": {**SIZE, "num_rbf": 32, "cutoff_upper": 5.0},
    "spice": {**SIZE, "num_rbf": 64, "cutoff_upper": 10.0},
}


def read_xyz(path):
    """Atomic numbers and positions of the first frame."""
    with open(path) as file:
        lines = file.read().splitlines()
    rows = [line.split() for line in lines[2 : 2 + int(lines[0])]]
    return [SYMBOLS.index(row[0]) + 1 for row in rows], [[float(x) for x in row[1:4]] for row in rows]


def make_model(name, device, derivative):
    """A frozen network; with `derivative` it returns forces, too."""
    options = {"max_num_neighbors": MOST_NEIGHBORS, "derivative": derivative}
    if name in SIZES:
        torch.manual_seed(1)
        model = create_model({**SIZES[name], **options}).to(device)
    else:
        model = load_model(name, device=device, **options)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return model.eval()


def sample(work, device, seconds):
    """Warms up, then repeats: the quickest and the median, as src/gpu/repeats.ts."""

    def timed():
        start = time.perf_counter()
        work()
        if device.startswith("cuda"):
            torch.cuda.synchronize()
        return time.perf_counter() - start

    for _ in range(3):
        timed()
    times = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or (time.perf_counter() < end and len(times) < 200):
        times.append(timed())
    return {"quickest": min(times), "median": statistics.median(times), "samples": len(times)}


def measure(name, path, device, seconds, compiles):
    """What is printed for one network and one file."""
    numbers, positions = read_xyz(path)
    z = torch.tensor(numbers, dtype=torch.long, device=device)
    pos = torch.tensor(positions, dtype=torch.float32, device=device)
    batch = torch.zeros_like(z)

    began = time.perf_counter()
    model = make_model(name, device, derivative=True)

    def evaluate():
        # A leaf of its own each time: the network asks for its gradient.
        return model(z, pos.clone(), batch)

    energy, forces = evaluate()
    if device.startswith("cuda"):
        torch.cuda.synchronize()
    loaded = time.perf_counter() - began
    engines = [
        {
            "engine": "TorchMD-NET, eager",
            "times": sample(evaluate, device, seconds),
            "secondsToLoad": loaded,
        }
    ]
    failures = []
    if compiles:
        try:
            began = time.perf_counter()
            compiled = torch.compile(make_model(name, device, derivative=False))

            def evaluate_compiled():
                leaf = pos.clone().requires_grad_(True)
                output, _ = compiled(z, leaf, batch)
                return torch.autograd.grad(output.sum(), leaf)

            evaluate_compiled()
            loaded = time.perf_counter() - began
            engines.append(
                {
                    "engine": "TorchMD-NET, torch.compile",
                    "times": sample(evaluate_compiled, device, seconds),
                    "secondsToLoad": loaded,
                }
            )
        except Exception as error:  # whatever the compiler cannot do is a result
            failures.append(f"TorchMD-NET, torch.compile: {type(error).__name__}")
            print(error, file=sys.stderr)

    return {
        "peer": f"PyTorch {torch.__version__} on "
        + (torch.cuda.get_device_name() if device.startswith("cuda") else f"{torch.get_num_threads()} CPU threads")
        + f", neighbours by {NEIGHBORS}",
        "atoms": len(numbers),
        "energy": float(energy.detach().sum()),
        "forces": forces.detach().cpu().reshape(-1).tolist(),
        "engines": engines,
        "failures": failures,
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", nargs="?", help="left out: lines `MODEL FILE` are read from the input, one after the other")
    parser.add_argument("xyz", nargs="?")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--compile", action="store_true", help="torch.compile as well")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)

    cases = [(options.model, options.xyz)] if options.model else (line.split() for line in sys.stdin)
    for name, path in cases:
        try:
            result = measure(name, path, options.device, options.seconds, options.compile)
        except Exception as error:  # out of memory, say, which the next case need not be
            result = {"failed": f"{type(error).__name__}: {str(error).splitlines()[0]}"}
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
