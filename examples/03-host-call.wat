;; 03-host-call.wat - the guest of 02-host-call.c: prints through the host.
(module
  (import "host" "print" (func $print (param i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 16) "hello from inside")
  (func (export "greet")
    (drop (call $print (i32.const 16) (i32.const 17)))
    (drop (call $print (i32.const 16) (i32.const 5))))
  ;; ten bytes, of which only one is in memory
  (func (export "lie")
    (drop (call $print (i32.const 65535) (i32.const 10)))))
