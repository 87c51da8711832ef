//! The headless program as clients meet it.
//!
//! `KEYWHEEL_BINARY` names the program under test; without it, the one built beside this test is taken.
//! `KEYWHEEL_TEST_PYTHON` names a Python with the packages of `sdk/requirements.txt`; `node` is found on the path.

// Without `cfg(test)` clippy takes the modules of a test for shipping code.
#[cfg(test)]
mod affinity;
#[cfg(test)]
mod burst;
#[cfg(test)]
mod cancellation;
#[cfg(test)]
mod caps;
#[cfg(test)]
mod durability;
#[cfg(test)]
mod explanation;
#[cfg(test)]
mod failover;
#[cfg(test)]
mod fidelity;
#[cfg(test)]
mod first_start;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod key_binding;
#[cfg(test)]
mod restart;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod sdk;
#[cfg(test)]
mod secrecy;
#[cfg(test)]
mod startup;
#[cfg(test)]
mod unfit;
#[cfg(test)]
mod waiting;
