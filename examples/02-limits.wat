;; 02-limits.wat - the guest of 02-limits.c: it wants more than it gets.
(module
  (memory 1)
  (func (export "count") (result i32)
    (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
    (i32.load (i32.const 0)))
  (func (export "for_ever") (result i32)
    (loop $again (drop (i32.load (i32.const 0))) (br $again))
    (i32.const 0))
  (func $deeper (export "deeper") (result i32)
    (i32.add (call $deeper) (i32.const 1)))
  ;; how many pages of 64 KiB can be had
  (func (export "more") (result i32)
    (loop $again
      (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (memory.size)))
