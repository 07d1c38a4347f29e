/* libgcc's unwinder, as C++ exceptions and the end of a thread use it: cleanups of each frame run, innermost first. */
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unwind.h>

static jmp_buf end;

static void leave(int *depth) { printf("leave %d\n", *depth); }

static _Unwind_Reason_Code stop(int version, _Unwind_Action actions, _Unwind_Exception_Class class, struct _Unwind_Exception *exception, struct _Unwind_Context *context, void *argument)
{
    if (actions & _UA_END_OF_STACK || _Unwind_GetCFA(context) >= (_Unwind_Word)(unsigned long)argument)
    {
        longjmp(end, 1);
    }

    return _URC_NO_REASON;
}

__attribute__((noinline)) static void down(int depth, struct _Unwind_Exception *exception, void *top)
{
    int here __attribute__((cleanup(leave))) = depth;
    if (depth == 0)
    {
        _Unwind_ForcedUnwind(exception, stop, top);
    }

    down(depth - 1, exception, top);
    printf("never %d\n", here);
}

static void *work(void *argument)
{
    int here __attribute__((cleanup(leave))) = 100;
    pthread_exit((void *)(long)(here + 1));
}

int main(void)
{
    struct _Unwind_Exception *exception = calloc(1, sizeof *exception);
    if (setjmp(end) == 0)
    {
        down(4, exception, __builtin_frame_address(0));
    }

    pthread_t thread;
    void *result;
    pthread_create(&thread, 0, work, 0);
    pthread_join(thread, &result);
    printf("thread %ld\n", (long)result);
    return 0;
}
