/* Whether the host's kernel runs such a program at all. */
int main(void) { return 0; }
