;; 04-host-call-later.wat - the guest of 04-host-call-later.c: asks for squares.
(module
  (import "host" "square" (func $square (param i32) (result i32)))
  ;; the sum of the squares of 1 ... n
  (func (export "sum") (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (call $square (local.get $n))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
