mod bench;
mod life;
mod order;
mod receiver;
mod secure;
mod trouble;
