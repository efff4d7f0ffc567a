;; kill.wat - appends its number to a file, works, returns the number.
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "log")
  ;; 16: the descriptor; 20: how much was written; 24: the part; 32: the number
  (func (export "run") (param $number i32) (param $turns i32) (result i32)
    (if (call $path_open (i32.const 3) (i32.const 0) (i32.const 0)
          (i32.const 3) (i32.const 1) (i64.const 64) (i64.const 64)
          (i32.const 1) (i32.const 16))
      (then (unreachable)))
    (i32.store (i32.const 24) (i32.const 32))
    (i32.store (i32.const 28) (i32.const 4))
    (i32.store (i32.const 32) (local.get $number))
    (if (call $fd_write (i32.load (i32.const 16)) (i32.const 24) (i32.const 1)
          (i32.const 20))
      (then (unreachable)))
    (loop $work
      (i32.store (i32.const 64)
        (i32.add (i32.load (i32.const 64)) (local.get $turns)))
      (br_if $work
        (i32.gt_s
          (local.tee $turns (i32.sub (local.get $turns) (i32.const 1)))
          (i32.const 0))))
    (local.get $number)))
