//! A way to a server on which every byte is kept that the server says.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Listens on a port of its own and carries what comes to a server and back.
pub struct Tap {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Tap {
    /// To a server.
    pub fn on(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let heard = Arc::<Mutex<Vec<Vec<u8>>>>::default();
        let shared = Arc::clone(&heard);
        // It ends with the process: a test needs few.
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let far = TcpStream::connect(server).expect("the server listens");
                let again = |stream: &TcpStream| stream.try_clone().expect("a second handle");
                let (up, down) = ((again(&near), again(&far)), (far, near));
                std::thread::spawn(move || carry(up.0, up.1, |_| ()));
                // Of its own for each connection, for two speak at the same time.
                let mut all = shared.lock().expect("nobody panicked");
                let number = all.len();
                all.push(Vec::new());
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || {
                    carry(down.0, down.1, |bytes| {
                        let mut all = shared.lock().expect("nobody panicked");
                        all[number].extend_from_slice(bytes);
                    });
                });
            }
        });
        Self { address, heard }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// All that the server has said on it: what a client has, is in here.
    pub fn heard(&self) -> Vec<u8> {
        self.heard.lock().expect("nobody panicked").concat()
    }
}

/// Carries bytes until either end is gone, and shows each piece before it goes on.
fn carry(mut from: TcpStream, mut to: TcpStream, mut shown: impl FnMut(&[u8])) {
    let mut bytes = [0; 16 << 10];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        shown(&bytes[..count]);
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
