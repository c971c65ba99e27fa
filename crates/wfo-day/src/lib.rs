//! Every command that joins domains: start-day, init, doctor, setup.
