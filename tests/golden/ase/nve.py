"""NVE trajectories of Tumble's gallery by ASE's VelocityVerlet under Tumble's float64 reference: see README.md.

    python3 tests/golden/ase/nve.py             # from the root of the repository; all systems
    python3 tests/golden/ase/nve.py ethanol     # one of them
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import ase
import numpy as np
from ase import Atoms, units
from ase.calculators.calculator import Calculator, all_changes
from ase.md.verlet import VelocityVerlet

HERE = Path(__file__).parent
# fs, K, Å; `perturbed` runs start from other positions, each coordinate off by a normal number times `perturbation`.
COMMON = {"timestep": 0.5, "temperature": 300, "seed": 7, "perturbation": 1e-6}
SYSTEMS = {
    "ethanol": {"steps": 2000, "energiesEvery": 5, "positionsEvery": 40, "perturbed": 3},
    "water-box": {"steps": 60, "energiesEvery": 1, "positionsEvery": 10, "perturbed": 1},
}


class Reference(Calculator):
    """Energies and forces from `serve-forces.ts`, through a pipe."""

    implemented_properties = ["energy", "forces"]

    def __init__(self, program, file, temperature, seed):
        super().__init__()
        arguments = ["node", program, file, str(temperature), str(seed)]
        self.server = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.start = json.loads(self.server.stdout.readline())

    def calculate(self, atoms=None, properties=("energy",), system_changes=all_changes):
        super().calculate(atoms, properties, system_changes)
        self.server.stdin.write(json.dumps(atoms.positions.tolist()) + "\n")
        self.server.stdin.flush()
        answer = json.loads(self.server.stdout.readline())
        self.results = {"energy": answer["energy"], "forces": np.array(answer["forces"])}


def bundle(folder):
    """Node runs no TypeScript by itself: what builds the command line builds the server too."""
    command = ["npx", "vite", "build", "--config", "vite.cli.config.ts", "--outDir", folder]
    subprocess.run([*command, "--logLevel", "error", "--ssr", str(HERE / "serve-forces.ts")], check=True)
    return f"{folder}/tumble.mjs"


def run(calculator, settings, shift):
    """Positions [frames, atoms, 3] in Å and total energies in eV, both from step 0 on."""
    start = calculator.start
    atoms = Atoms(
        numbers=start["numbers"],
        masses=start["masses"],
        positions=np.array(start["positions"]) + shift,
        cell=None if start["cell"] is None else np.reshape(start["cell"], (3, 3)),
        pbc=start["periodic"],
        calculator=calculator,
    )
    atoms.set_velocities(np.array(start["velocities"]) / units.fs)
    dynamics = VelocityVerlet(atoms, timestep=settings["timestep"] * units.fs)
    frames, energies = [], []
    stride = settings["energiesEvery"]
    for step in range(0, settings["steps"] + 1, stride):
        if step > 0:
            dynamics.run(stride)
        energies.append(atoms.get_total_energy())
        if step % settings["positionsEvery"] == 0:
            frames.append(atoms.get_positions())
    return np.array(frames), np.array(energies)


def rmsd(one, other):
    """Å per frame: root of the mean squared distance of an atom in one run from itself in the other."""
    return np.sqrt(np.mean(np.sum((one - other) ** 2, axis=2), axis=1))


def drift(energies, times):
    """Slope in eV/ps and standard deviation in eV."""
    return np.polyfit(times / 1000, energies, 1)[0], energies.std()


def main():
    with tempfile.TemporaryDirectory() as folder:
        program = bundle(folder)
        for name in sys.argv[1:] or SYSTEMS:
            settings = {**COMMON, **SYSTEMS[name]}
            file = f"public/structures/{name}.xyz"
            calculator = Reference(program, file, settings["temperature"], settings["seed"])
            frames, energies = run(calculator, settings, 0.0)
            generator = np.random.default_rng(1)
            spread = []
            for _ in range(settings["perturbed"]):
                shift = settings["perturbation"] * generator.normal(size=frames[0].shape)
                other, _ = run(calculator, settings, shift)
                spread.append(rmsd(other, frames))
            calculator.server.stdin.close()
            calculator.server.wait()
            times = settings["timestep"] * settings["energiesEvery"] * np.arange(len(energies))
            slope, deviation = drift(energies, times)
            print(f"{name}: drift {slope:.2e} eV/ps, deviation {deviation:.2e} eV")
            print("  perturbed, Å:", " ".join(f"{x:.1e}" for x in np.max(spread, axis=0)))
            result = {
                "ase": ase.__version__,
                "structure": file,
                "model": "public/models/et-gfn2-small.ckpt",
                **settings,
                **calculator.start,
                "frames": np.round(frames, 7).reshape(len(frames), -1).tolist(),
                "energies": np.round(energies, 9).tolist(),
                "spread": [[float(f"{x:.3e}") for x in row] for row in spread],
            }
            (HERE / f"{name}.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


main()
