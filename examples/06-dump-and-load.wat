;; 06-dump-and-load.wat - the guest of 06-dump-and-load.c: counts its visitors.
(module
  (memory 16)
  (func (export "visit") (result i32)
    (i32.store (i32.const 4096)
      (i32.add (i32.load (i32.const 4096)) (i32.const 1)))
    (i32.load (i32.const 4096))))
