//! Tests of the client against a fake daemon on a real socket.

mod home;
mod socket;
mod start;
mod version;
