"""Fixtures of tests/unit/formats/trajectory/data: written and read by programs that are not Tumble."""
import json, subprocess, sys, warnings
import numpy as np
warnings.filterwarnings('ignore')
import MDAnalysis as mda
from MDAnalysis.lib.formats.libmdaxdr import XTCFile
import mdtraj
out, gmx = sys.argv[1], sys.argv[2]
rng = np.random.default_rng(1)

def expect(name, frames, **extra):
    json.dump({'frames': frames, **extra}, open(f'{out}/{name}.json', 'w'), separators=(',', ':'))

def xtc_expected(name):
    # integers of 1/1000 nm: the digits that the file has
    with XTCFile(f'{out}/{name}.xtc') as f:
        frames = [{'step': int(x.step), 'time_ps': round(float(x.time), 6), 'box_nm': [round(float(b), 5) for b in x.box.ravel()],
                   'milli_nm': np.rint(x.x.astype(float) * 1000).astype(int).ravel().tolist()} for x in f]
    expect(name + '.xtc', frames)

# water.xtc: GROMACS' own compression of three frames of water
lines = open('water.gro').read().splitlines()
n = int(lines[1])
with open('frames.gro', 'w') as g:
    for k in range(3):
        g.write(f'water t= {k * 0.5:.5f} step= {k * 250}\n{n}\n')
        for l in lines[2:2 + n]:
            x = [float(l[20 + 8 * i:28 + 8 * i]) + k * rng.normal(0, 0.01) for i in range(3)]
            g.write(l[:20] + ''.join(f'{v:8.3f}' for v in x) + '\n')
        g.write('   1.10000   1.10000   1.10000\n')
subprocess.run([gmx, 'trjconv', '-f', 'frames.gro', '-o', f'{out}/water.xtc'], check=True, capture_output=True)
subprocess.run([gmx, 'trjconv', '-f', f'{out}/water.xtc', '-s', 'water.gro', '-o', 'water.pdb'], input=b'0\n', check=True, capture_output=True)
xtc_expected('water')

# few.xtc: three atoms, not compressed
w = np.float32([[0.1, 0.2, 0.3], [0.17, 0.25, -0.3], [0.05, 0.29, 0.3333333]])
with XTCFile(f'{out}/few.xtc', 'w') as f:
    for k in range(2):
        f.write(w + np.float32(0.01 * k), np.zeros((3, 3), np.float32), 10 * k, 0.005 * k, 1000.0)
with XTCFile(f'{out}/few.xtc') as f:
    expect('few.xtc', [{'step': int(x.step), 'time_ps': float(x.time), 'nm': x.x.astype(float).ravel().tolist()} for x in f])

# mixed.xtc: a chain, a gas and water, so that the size of differences rises and falls; triclinic; precision 1000
chain = np.cumsum(rng.normal(0, 0.02, (60, 3)), 0)
gas = rng.uniform(-3, 3, (30, 3))
mols = (rng.uniform(-3, 3, (30, 1, 3)) + np.float64([[0, 0, 0], [0.1, 0, 0], [-0.03, 0.09, 0]])).reshape(-1, 3)
box = np.float32([[3, 0, 0], [0.5, 2.5, 0], [-0.4, 0.3, 2]])
with XTCFile(f'{out}/mixed.xtc', 'w') as f:
    for k in range(2):
        f.write(np.float32(np.concatenate([chain, mols, gas, chain + 1]) * (1 + k / 50)), box, k, k * 1.0, 1000.0)
xtc_expected('mixed')

# wide.xtc: so far apart (along one axis) that anchors are not packed as triples
with XTCFile(f'{out}/wide.xtc', 'w') as f:
    # 2^24 < extent < 2^25 along x alone; below 2^24 from the origin single precision still has every digit.
    far = rng.uniform(-8000, 8000, (6, 3)).repeat(2, 0) + rng.normal(0, 0.05, (12, 3))
    far[0, 0], far[11, 0] = -9000, 9000
    f.write(np.float32(far), np.zeros((3, 3), np.float32), 7, 1.5, 1000.0)
xtc_expected('wide')

# DCD: by MDAnalysis (angles in degrees) and by MDTraj
u = mda.Universe.empty(20, trajectory=True)
pos = [rng.uniform(-10, 30, (20, 3)).astype(np.float32) for _ in range(3)]
dims = [[20 + k, 21, 22.5, 80, 95.5, 70] for k in range(3)]
with mda.coordinates.DCD.DCDWriter(f'{out}/mdanalysis.dcd', 20, dt=0.02, istart=40, nsavc=20) as d:
    for p, b in zip(pos, dims):
        u.atoms.positions = p; u.dimensions = b
        d.write(u.atoms)
r = mda.coordinates.DCD.DCDReader(f'{out}/mdanalysis.dcd')
expect('mdanalysis.dcd', [{'A': ts.positions.astype(float).ravel().tolist(), 'cell': [float(v) for v in ts.dimensions], 'time_ps': float(ts.time)} for ts in r])
from mdtraj.formats import DCDTrajectoryFile
with DCDTrajectoryFile(f'{out}/mdtraj.dcd', 'w') as d:
    d.write(np.array(pos)[:2], np.array([b[:3] for b in dims[:2]], np.float32), np.array([b[3:] for b in dims[:2]], np.float32))
with DCDTrajectoryFile(f'{out}/mdtraj.dcd') as d:
    x, l, a = d.read()
expect('mdtraj.dcd', [{'A': x[k].astype(float).ravel().tolist(), 'cell': [*l[k].astype(float), *a[k].astype(float)]} for k in range(2)])

# PDB: GROMACS' models of the first water molecules, and MDAnalysis' models
text = open('water.pdb').read()
keep = []
for line in text.splitlines():
    if line.startswith(('ATOM', 'HETATM')) and int(line[6:11]) > 9: continue
    keep.append(line)
open(f'{out}/gromacs.pdb', 'w').write('\n'.join(keep) + '\n')
m = mda.Universe(f'{out}/gromacs.pdb')
expect('gromacs.pdb', [{'A': [round(float(v), 3) for v in ts.positions.ravel()], 'cell': [float(v) for v in ts.dimensions]} for ts in m.trajectory], elements=[e for e in m.atoms.names])
with mda.Writer(f'{out}/mdanalysis.pdb', multiframe=True) as p:
    for ts in m.trajectory: p.write(m.atoms)
