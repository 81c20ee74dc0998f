//! How many connections each address has.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

/// Connections by address. It holds no more entries than there are connections.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A connection that counts for its address until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    address: IpAddr,
}

impl Places {
    /// Takes a place for one more connection of `address`, unless it has `max` already.
    pub(super) fn take(&self, address: IpAddr, max: usize) -> Option<Place> {
        let address = address.to_canonical();
        let mut taken = self.taken.lock();
        let count = taken.entry(address).or_default();
        if *count >= max {
            return None;
        }
        *count += 1;
        Some(Place { places: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock();
        if let Some(count) = taken.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back() {
        let places = Places::default();
        let address: IpAddr = "10.0.0.1".parse().unwrap();
        let first = places.take(address, 2).unwrap();
        let second = places.take("::ffff:10.0.0.1".parse().unwrap(), 2).unwrap();
        assert!(places.take(address, 2).is_none());
        assert!(places.take("10.0.0.2".parse().unwrap(), 2).is_some());
        drop(first);
        assert!(places.take(address, 2).is_some());
        drop(second);
        assert!(places.taken.lock().is_empty());
    }
}
