/// Replicas are the molecules of a system where all of them have the same atoms; a single simulation is one of them.

import package::common::system::System;

fn atoms_per_replica(system: System) -> u32 { return system.atoms / system.molecules; }

fn replica_of(system: System, atom: u32) -> u32 { return atom / atoms_per_replica(system); }
