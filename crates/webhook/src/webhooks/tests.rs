mod bench;
mod life;
mod order;
mod receiver;
mod trouble;
