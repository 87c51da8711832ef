//! The simulator as its users meet it: over a socket, in process on a paused clock, as a program.

#[cfg(test)]
mod cancellation;
#[cfg(test)]
mod control;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod program;
#[cfg(test)]
mod replies;
#[cfg(test)]
mod support;
