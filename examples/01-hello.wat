;; 01-hello.wat - the guest of 01-hello.c: adds, and traps when it cannot.
(module
  (func (export "add") (param $a i32) (param $b i32) (result i32)
    (local $sum i32)
    (local.set $sum (i32.add (local.get $a) (local.get $b)))
    (if (i32.lt_u (local.get $sum) (local.get $a))
      (then (unreachable)))
    (local.get $sum)))
