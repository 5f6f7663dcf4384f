/// As little as one can do with SQLite's C API and a file.

#include <sqlite3.h>

#include <iostream>

int main(int argc, char* argv[]) {
  if (argc != 2) return 2;
  sqlite3* file = nullptr;
  const bool is_sold =
      sqlite3_open(argv[1], &file) == SQLITE_OK &&
      sqlite3_exec(file, "CREATE TABLE reservation(member); INSERT INTO reservation VALUES('ada')",
                   nullptr, nullptr, nullptr) == SQLITE_OK;
  sqlite3_close(file);
  if (!is_sold) return 1;
  std::cout << "hello, ada\n";
}
