//! Free ports of loopback, chosen by the operating system.

use std::net::{Ipv4Addr, TcpListener};

use crate::Error;

/// A port nobody else gets while this value lives.
///
/// The programs started here cannot inherit a socket, so there is a moment between [`Reserved::release`] and the
/// program's own bind. Who starts one has to be ready to try again with another port.
pub(crate) struct Reserved {
    listener: TcpListener,
    number: u16,
}

impl Reserved {
    /// Reserves a port chosen by the system.
    pub(crate) fn new() -> Result<Self, Error> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::io("reserve a port"))?;
        let number = listener.local_addr().map_err(Error::io("reserve a port"))?.port();
        Ok(Self { listener, number })
    }

    /// Its number.
    pub(crate) fn number(&self) -> u16 {
        self.number
    }

    /// Gives the port free for the program that is about to bind it.
    pub(crate) fn release(self) {
        drop(self.listener);
    }
}
