//! The policies together: a small fleet, outcomes in some order, and what is selected then.

mod evidence;
mod fixture;
mod holds;
mod limits;
mod memory;
mod properties;
mod selection;
mod windows;
